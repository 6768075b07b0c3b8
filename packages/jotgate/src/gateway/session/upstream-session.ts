import type { QlikSession } from '../../qlik/index.ts'
import type { GatewaySession } from './gateway-session.ts'

/** A Qlik session that gateway sessions refer to. Its cookies change while it lives. */
export interface UpstreamSession {
  /** Names the record; not a secret. */
  readonly id: string
  /** The address of the node that has it. */
  readonly node: string
  /** As it is now: with the newest cookies and CSRF token. */
  readonly current: QlikSession
  /** Puts what an answer set into the jar, balancer cookies included. */
  receiveCookies(headers: Headers): void
  /** Qlik names another CSRF token now. */
  receiveCsrfToken(csrfToken: string): void
}

/** Opens, renews and ends Qlik sessions. */
export interface UpstreamSessions {
  /**
   * The Qlik session of a gateway session, opened when there is none: one signing for all that ask at once.
   * Logins wait for their turn, and obey Retry-After.
   *
   * @throws ERR_GATEWAY_WAITING (503, with Retry-After) when the wait would be longer than the request may take;
   * the login stays in the queue, and the next request finds it done
   */
  sessionFor(session: GatewaySession, options?: { signal?: AbortSignal }): Promise<UpstreamSession>
  /**
   * The one that replaces `lost`, which Qlik has answered with 401, or whose node is gone: once for all that ask. Open
   * sockets and selections are left alone.
   */
  renew(session: GatewaySession, lost: UpstreamSession): Promise<UpstreamSession>
  /** How far a login is: for `/.jotgate/session`. */
  stateOf(session: GatewaySession): 'none' | 'waiting' | 'open'
  /** Logins that wait for their turn. */
  readonly waiting: number
  /** @param withinMs how long endings at Qlik may hold it up. Default and most 5000 */
  close(withinMs?: number): Promise<void>
}
