import type { QlikUser } from '../protocol/index.ts'
import type { Deployment } from '../token/index.ts'
import type { GatewayRules } from './gateway-rules.ts'
import type { CallOptions } from './http.ts'
import type { DeploymentAddress, QlikSession } from './session.ts'

/** What opens a session. */
export interface OpenSessionOptions extends CallOptions {
  deployment: Deployment
  /** A fresh token for this deployment. It works once at Qlik Cloud. */
  token: string
  /**
   * Where client-managed Qlik takes the token: a path below the prefix of the virtual proxy. Default
   * `/qps/csrftoken`, which gives the CSRF token too. Qlik Cloud has one path for it.
   */
  loginPath?: string
  /** The time now, in milliseconds since 1970. Default `Date.now`. */
  clock?: () => number
}

/** A session, and how the call is made. */
export interface SessionCallOptions extends CallOptions {
  session: QlikSession
}

/** What makes a request the user's. */
export interface Authorization {
  /** Header fields; they replace any of the same name. */
  readonly headers: Readonly<Record<string, string>>
  /** Parameters of the query; they replace any of the same name. */
  readonly query: Readonly<Record<string, string>>
}

/** What Qlik said: of an HTTP answer the status, of a socket the close code or a notification that came. */
export interface QlikSignal {
  readonly status?: number
  readonly closeCode?: number
  /** A JSON-RPC message without an ID. */
  readonly notification?: { readonly method: string; readonly params?: unknown }
}

/** The seam between Qlik's products: the rest of jotgate calls these and does not compare product names. */
export interface QlikProduct {
  /** What comes before every path of the deployment: empty, or a slash and a name. */
  basePath(deployment: DeploymentAddress): string
  /** Exchanges a token for a session. */
  openSession(options: OpenSessionOptions): Promise<QlikSession>
  /**
   * Asks for the CSRF token that is valid now, after the session's own may have been refused.
   *
   * @returns the session with the new CSRF token; undefined when there is no other one
   */
  renewCsrfToken(options: SessionCallOptions): Promise<QlikSession | undefined>
  /** The session with what an answer set: cookies, and the CSRF token where the product keeps it in one. */
  receiveAnswer(session: QlikSession, headers: Headers): QlikSession
  /**
   * Gives the session as the next web socket needs it: with a fresh CSRF token where one may open a single
   * socket only.
   */
  prepareUpgrade(options: SessionCallOptions): Promise<QlikSession>
  /** Asks Qlik whom the session belongs to. */
  getCurrentUser(options: SessionCallOptions): Promise<QlikUser>
  /** Ends the session at Qlik. A session that has ended already is not an error. */
  endSession(options: SessionCallOptions): Promise<void>
  /**
   * What `endSession` ends: this session alone, or possibly every session that the user has at the same
   * virtual proxy, since no source settles it.
   */
  readonly endScope: 'session' | 'user-at-virtual-proxy'
  /** What makes an HTTP request the user's. */
  authorizeHttp(session: QlikSession): Authorization
  /** The same for the upgrade of a WebSocket. */
  authorizeUpgrade(session: QlikSession): Authorization
  /** Whether a signal of Qlik's says that the session has ended. */
  isSessionLost(signal: QlikSignal): boolean
  /** What a refused call may come from, the likeliest first; empty where Qlik says it itself. */
  causesOf(status: number): readonly string[]
  /** A path that every user may read: for examples. */
  readonly samplePath: string
  /** What a gateway in front of it carries, refuses and answers itself. */
  readonly gatewayRules: GatewayRules
}
