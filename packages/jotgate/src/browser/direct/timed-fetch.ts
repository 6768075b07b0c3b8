import { failure } from '../failure.ts'
import { page } from './page-globals.ts'
import type { Peer, Reach } from './peer.ts'

/** A fetch that gives up in time, and says whose answer is missing. */
export async function timedFetch(
  address: string,
  init: RequestInit,
  { fetch, timeoutMs }: Reach,
  peer: Peer,
): Promise<Response> {
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    return await fetch(address, { ...init, signal })
  } catch (cause) {
    throw signal.aborted ? await late(peer, timeoutMs) : await unreached(peer, cause)
  }
}

export function late({ reason, url }: Peer, timeoutMs: number): Promise<Error> {
  return failure('ERR_BROWSER_TIMEOUT', { reason, url, timeoutMs })
}

/** A browser does not tell a page why: not there, or not for this page (CORS). Both are named. */
export async function unreached(
  { reason, url, unreachable }: Peer,
  cause: unknown,
): Promise<unknown> {
  if (!(cause instanceof TypeError)) return cause
  if (page.navigator?.onLine === false)
    return failure('ERR_BROWSER_OFFLINE', { reason: 'offline', url }, cause)
  return failure(unreachable, { reason, url } as never, cause)
}
