import { browserErrors } from '../errors.ts'
import type { WaitingReason } from '../reasons.ts'
import { pageGlobals, pageOrigin } from './page-globals.ts'

/** Who is asked: `url` names them in errors, `reason` says whose absence it is. */
export interface Peer {
  url: string
  reason: Extract<WaitingReason, 'host-unreachable' | 'qlik-unreachable'>
}

/** Waits for work no longer than `timeoutMs`; work that never settles is left behind. */
export async function within<Result>(
  timeoutMs: number,
  work: Promise<Result>,
  { url, reason }: Peer,
): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_resolve, reject) => {
    const error = browserErrors.ERR_BROWSER_TIMEOUT({ reason, url, timeoutMs })
    timer = setTimeout(() => reject(error), timeoutMs)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

/** A fetch that gives up in time, and says whose answer is missing. */
export async function timedFetch(
  url: string,
  init: RequestInit,
  options: { fetch: typeof globalThis.fetch; timeoutMs: number; peer: Peer['reason'] },
): Promise<Response> {
  const { fetch, timeoutMs, peer } = options
  const [address = url] = url.split('?')
  const controller = new AbortController()
  const answer = fetch(url, { ...init, signal: controller.signal })
  try {
    return await within(timeoutMs, answer, { url: address, reason: peer })
  } catch (cause) {
    controller.abort()
    throw cause instanceof TypeError ? unreachable({ url: address, reason: peer }, cause) : cause
  }
}

/** A browser does not tell a page why: not there, or not for this page (CORS). Both are named. */
export function unreachable({ url, reason }: Peer, cause: unknown): Error {
  if (pageGlobals().navigator?.onLine === false)
    return browserErrors.ERR_BROWSER_OFFLINE({ reason: 'offline', url }, { cause })
  if (reason === 'host-unreachable')
    return browserErrors.ERR_BROWSER_TOKEN_UNREACHABLE({ reason, url }, { cause })
  const { origin } = new URL(url)
  const details = { reason, url: origin, pageOrigin: pageOrigin() }
  return browserErrors.ERR_BROWSER_QLIK_UNREACHABLE(details, { cause })
}

/** How long an answer of 429 or 503 asks to wait; browsers show the header to its own origin, and where it is exposed. */
export function retryAfterSeconds({ headers }: Response): number {
  const value = headers.get('retry-after') ?? ''
  return /^\d{1,5}$/.test(value) ? Number(value) : 5
}
