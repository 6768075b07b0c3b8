import type { HostToken, Peer } from './peer.ts'

/** The session that Qlik's cookies in this browser stand for. */
export interface QlikSession {
  /** Names the person, to compare. */
  readonly person: string
  readonly csrfToken: string
  /** What Qlik says of the person, unread. */
  readonly answer: object
}

/** What a page does differently for each product: the seam of this part. `connect.ts` has the table. */
export interface DirectProduct<User = unknown> {
  /** Qlik itself, for errors. */
  readonly peer: Peer
  /** What stands before every path: empty, or a virtual proxy's prefix with its slash. */
  readonly basePath: string
  /** Whom a token names, as `QlikSession.person` does; undefined where Qlik alone can tell. */
  personOf(claims: HostToken['claims']): string | undefined
  /** Gives the token to Qlik, which sets its cookies in this browser. */
  openSession(host: HostToken): Promise<void>
  /** Asks Qlik whose session this browser has; undefined when it has none. */
  readSession(): Promise<QlikSession | undefined>
  /** Reads what Qlik says of the person. */
  toUser(answer: object): Promise<User>
  endSession(): Promise<void>
  /** Adds what Qlik asks of a page: to headers, or to the query where a browser sets no headers (sockets, frames). */
  identify(request: Headers | URLSearchParams, csrfToken: string): void
}
