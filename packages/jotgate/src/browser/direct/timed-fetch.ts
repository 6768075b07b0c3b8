import { failure } from '../failure.ts'
import type { WaitingReason } from '../reasons.ts'
import { page, pageOrigin } from './page-globals.ts'

/** Who is asked. */
export interface Peer {
  /** How errors name them. */
  readonly url: string
  /** Whose absence it is. */
  readonly reason: Extract<WaitingReason, 'host-unreachable' | 'qlik-unreachable'>
  /** The error that says that a browser got no answer. */
  readonly unreachable: 'ERR_BROWSER_TOKEN_UNREACHABLE' | 'ERR_BROWSER_QLIK_UNREACHABLE'
}

/** How a page asks. */
export interface Reach {
  readonly fetch: typeof globalThis.fetch
  readonly timeoutMs: number
}

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
  return failure(unreachable, { reason, url, pageOrigin: pageOrigin() } as never, cause)
}

/** How long an answer of 429 or 503 asks to wait; browsers show the header to its own origin, and where it is exposed. */
export function retryAfterSeconds({ headers }: Response): number {
  const value = headers.get('retry-after') ?? ''
  return /^\d{1,5}$/.test(value) ? Number(value) : 5
}

/** What an answer without success means: who is overloaded or fails, or that it will not help to ask again. */
export function outageOf(
  response: Response,
  { reason }: Peer,
): { readonly reason: WaitingReason | 'refused'; readonly retryAfterSeconds?: number } {
  const { status } = response
  if (status === 429)
    return { reason: 'rate-limited', retryAfterSeconds: retryAfterSeconds(response) }
  return { reason: status >= 500 ? reason : 'refused' }
}

/** A page may not see a redirect: browsers give it an answer of their own kind, programs the real one. */
export function isRedirect({ type, status }: Response): boolean {
  return type === 'opaqueredirect' || (status >= 300 && status < 400 && status !== 304)
}
