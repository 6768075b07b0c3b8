import type { Deployment } from '../token/index.ts'
import type { CallOptions } from './http.ts'
import type { DeploymentAddress, QlikSession } from './session.ts'

/** What opens a session. */
export interface OpenSessionOptions extends CallOptions {
  deployment: Deployment
  /** A fresh token for this deployment. It works once. */
  token: string
  /** The time now, in milliseconds since 1970. Default `Date.now`. */
  clock?: () => number
}

/** A session, and how the call is made. */
export interface SessionCallOptions extends CallOptions {
  session: QlikSession
}

/** What is known of each product, also of one whose sessions this version does not open. */
export interface QlikPaths {
  /** What comes before every path of the deployment: empty, or a slash and a name. */
  basePath(deployment: DeploymentAddress): string
}

/** The seam between Qlik's products: the rest of jotgate calls these and does not compare product names. */
export interface QlikProduct extends QlikPaths {
  /** Exchanges a token for a session. */
  openSession(options: OpenSessionOptions): Promise<QlikSession>
  /**
   * Asks for the CSRF token that is valid now, after the session's own may have been refused.
   *
   * @returns the session with the new CSRF token; undefined when there is no other one
   */
  renewCsrfToken(options: SessionCallOptions): Promise<QlikSession | undefined>
  /** Ends the session at Qlik. A session that has ended already is not an error. */
  endSession(options: SessionCallOptions): Promise<void>
  /** The headers that make an HTTP request the user's; they replace any of the same name. */
  authorizeHttp(session: QlikSession): Record<string, string>
  /** The same for the upgrade of a WebSocket, with the parameters of its query. */
  authorizeUpgrade(session: QlikSession): {
    headers: Record<string, string>
    query: Record<string, string>
  }
  /** Whether the status of an answer, or the close code of a socket, says that the session has ended. */
  isSessionLost(answer: { status?: number; closeCode?: number }): boolean
}
