import { browserErrors } from '../errors.ts'

/** Where this page is, as Qlik's web integration has to list it. */
export function pageOrigin(): string {
  const { location } = globalThis as { location?: { origin?: string } }
  return location?.origin ?? 'of this program'
}

/** A fetch that gives up in time, and says what no answer means at this place. */
export async function timedFetch(
  url: string,
  init: RequestInit,
  options: {
    fetch: typeof globalThis.fetch
    timeoutMs: number
    unreachable: (cause: unknown) => Error
  },
): Promise<Response> {
  const { fetch, timeoutMs, unreachable } = options
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    return await fetch(url, { ...init, signal: timeout })
  } catch (cause) {
    const [address = url] = url.split('?')
    if (timeout.aborted)
      throw browserErrors.ERR_BROWSER_TIMEOUT({ url: address, timeoutMs }, { cause })
    throw cause instanceof TypeError ? unreachable(cause) : cause
  }
}

/** A browser tells no page why: not there, or not for this page (CORS). Both are said at once. */
export function qlikUnreachable(url: string): (cause: unknown) => Error {
  return (cause) =>
    browserErrors.ERR_BROWSER_QLIK_UNREACHABLE({ url, pageOrigin: pageOrigin() }, { cause })
}
