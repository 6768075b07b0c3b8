import type { QlikUser } from '../../protocol/index.ts'
import type { HostToken, Peer } from './peer.ts'

/** The session that Qlik's cookies in this browser stand for. */
export interface QlikSession {
  /** Names the person, to compare. */
  readonly person: string
  /** Empty where the release has none. */
  readonly csrfToken: string
  /** What Qlik says of the person, unread. */
  readonly answer: object
  /** What stands before every path, where only the session tells it. */
  readonly basePath?: string
  /** In how long it must be read again, where the page has to keep it from ending. */
  readonly readInMs?: number
}

/** What a page does differently for each product: the seam of this part. `connect.ts` has the table. */
export interface DirectProduct {
  /** Qlik itself, for errors. */
  readonly peer: Peer
  /** What stands before every path: empty, or a virtual proxy's prefix with its slash. */
  readonly basePath: string
  /** Until when a session cannot have expired: by when it answered last, and when it was opened. */
  safeUntil(aliveAt: number, openedAt: number): number
  /** Opens a web socket when there is a CSRF token for it, where each may need one of its own. */
  inTurn?(url: string, confirm: () => Promise<void>, open: () => WebSocket): WebSocket
  /** Whether the token is sent where the browser has a session: the person's own is kept by that. */
  readonly sendsEveryToken?: boolean
  /** Whether a token names the person of a session, as far as a page can tell. */
  isOf(claims: HostToken['claims'], session: QlikSession): boolean
  /** Gives the token to Qlik, which sets its cookies in this browser. */
  openSession(host: HostToken): Promise<void>
  /**
   * Asks Qlik whose session this browser has; undefined when it has none.
   *
   * @param known the session of this page
   */
  readSession(known?: QlikSession): Promise<QlikSession | undefined>
  /** Reads what Qlik says of the person. */
  toUser(answer: object): Promise<QlikUser>
  endSession(): Promise<void>
  /** Adds what Qlik asks of a page: in the query of a socket or frame, which have no headers of the page. */
  identify(address: URL, csrfToken: string, headers?: Headers): void
}
