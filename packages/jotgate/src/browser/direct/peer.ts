import type { WaitingReason } from '../reasons.ts'

/** Who is asked. */
export interface Peer {
  /** How errors name them. */
  readonly url: string
  /** Whose absence it is. */
  readonly reason: Extract<WaitingReason, 'host-unreachable' | 'qlik-unreachable'>
  /** The error that says that a browser got no answer. */
  readonly unreachable:
    | 'ERR_BROWSER_TOKEN_UNREACHABLE'
    | 'ERR_BROWSER_QLIK_UNREACHABLE'
    | 'ERR_BROWSER_PROXY_UNREACHABLE'
    | 'ERR_BROWSER_GATEWAY_UNREACHABLE'
}

/** How a page asks. */
export interface Reach {
  readonly fetch: typeof globalThis.fetch
  readonly timeoutMs: number
}

/** A fresh token of the host application, and what the page has to know of it. */
export interface HostToken {
  readonly token: string
  /** Its claims, to compare and not to trust: whether they are true is Qlik's decision. */
  readonly claims: Readonly<Record<string, unknown>>
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
