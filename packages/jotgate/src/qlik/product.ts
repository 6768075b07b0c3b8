import type { Deployment } from '../token/index.ts'
import type { CallOptions } from './http.ts'
import type { QlikSession } from './session.ts'

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

/** The seam between the two products of Qlik: the rest of jotgate calls these and compares no names. */
export interface QlikProduct {
  /** Gives a token, takes a session. */
  openSession(options: OpenSessionOptions): Promise<QlikSession>
  /** Ends the session at Qlik; one that is gone already is no error. */
  endSession(options: SessionCallOptions): Promise<void>
  /** The headers that make an HTTP request the user's, to be set over any of the same name. */
  authorizeHttp(session: QlikSession): Record<string, string>
  /** The same for a WebSocket's upgrade, with what belongs into its query. */
  authorizeUpgrade(session: QlikSession): {
    headers: Record<string, string>
    query: Record<string, string>
  }
  /** Asks for the CSRF token that holds now, should the session's own have been refused. */
  readCsrfToken(options: SessionCallOptions): Promise<string>
  /** Whether an answer's status or a socket's close code says that the session is no more. */
  isSessionLost(answer: { status?: number; closeCode?: number }): boolean
}
