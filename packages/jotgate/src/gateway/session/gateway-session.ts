import type { User } from '../../token/index.ts'
import type { Identity } from '../identify/identity.ts'
import type { GatewayRequest } from '../request.ts'

/** Why a session has ended. The page is told this word. */
export type EndReason =
  /** The person signed out, at the host application or here. */
  | 'signed-out'
  /** Another person is logged in to the host application now, or the browser logged in again. */
  | 'replaced'
  /** The host application says that nobody is logged in. */
  | 'host-signed-out'
  /** The host application gave no answer for too long. */
  | 'host-silent'
  /** Nothing was asked for too long, or the longest time is over, or what said who it is has expired. */
  | 'expired'
  /** `endSessions`, or an operator. */
  | 'revoked'

/** Where a session is valid: at one site, and for one deployment. */
export interface SessionPlace {
  /** The `publicUrl` of the site. At another one, its cookie and its token find nothing. */
  readonly site: string
  /** The name of the upstream. */
  readonly upstream: string
}

/** What a browser or a program holds here. Neither its ID nor anything else in it is a secret. */
export interface GatewaySession extends SessionPlace {
  /** Names it in logs, and for `endSessions`; it stays when the secret changes. */
  readonly id: string
  /** A browser holds a cookie; a program sends its token with each call. */
  readonly holder: 'browser' | 'program'
  /** As whom they reach Qlik. */
  readonly user: User
  /** Who the host application says it is. A subject is unique in its directory only, where there is one. */
  readonly identity: Pick<Identity, 'source'> & {
    readonly subject: string
    readonly directory?: string
  }
  /** Milliseconds since 1970. */
  readonly openedAt: number
  /** Aborts when the session ends; its reason is the `EndReason`. Sockets close by it. */
  readonly ended: AbortSignal
}

/** The sessions of this gateway. */
export interface GatewaySessions {
  /**
   * Opens a session and writes it to the store; `secret` is what the cookie holds. A token that may be used
   * once is consumed first. A program's calls with one token open one session, also when they come at once.
   *
   * @param opening.beforeUse must succeed before anybody finds the session: it writes the audit log's line. When it
   * rejects there is no session, and its error is thrown
   * @throws ERR_GATEWAY_TOKEN_USED (401), ERR_GATEWAY_FULL (503), ERR_GATEWAY_STORE (503)
   */
  open(opening: {
    identity: Identity
    user: User
    holder: GatewaySession['holder']
    place: SessionPlace
    beforeUse?: (session: GatewaySession) => Promise<void>
  }): Promise<{ session: GatewaySession; secret: string }>
  /**
   * Finds the session of a request by its cookie, without counting it as use; undefined when it has none at the
   * site of the request.
   *
   * @throws ERR_GATEWAY_COOKIE (400) when our cookie comes twice
   */
  find(request: GatewayRequest): Promise<GatewaySession | undefined>
  /** Finds the session that a program's token opened at a site. */
  findByToken(tokenHash: string, site: string): Promise<GatewaySession | undefined>
  /** Something was asked by HTTP, or bytes came from the client on a socket. */
  use(session: GatewaySession): void
  /**
   * The same person has logged in again from the same browser: the session goes on, with its sockets, under a new
   * secret. What the old secret finds for 30 more seconds, so that requests under way are not refused, is the same
   * session. A token that may be used once is consumed first, as in `open`.
   *
   * @returns what the cookie holds from now on
   */
  extend(session: GatewaySession, identity: Identity): Promise<string>
  /** When it was used last, or opened; milliseconds since 1970. */
  lastUsedAt(session: GatewaySession): number
  /** Until when it lasts when nothing more is asked, and at most; milliseconds since 1970. */
  endsAt(session: GatewaySession): { idle: number; absolute: number }
  /**
   * Ends it now: `ended` aborts before this returns; the store, Qlik and the audit log follow. When the store is
   * away, the record is deleted as soon as it is back. It never rejects.
   */
  end(session: GatewaySession, reason: EndReason): Promise<void>
  /** Why the session of a request's cookie has ended; undefined when that is not known, or was long ago. */
  endReasonOf(request: GatewayRequest): EndReason | undefined
  /** Those that match all that is given: the subject is as the host application names it. Default all. */
  list(filter?: { subject?: string } & Partial<SessionPlace>): readonly GatewaySession[]
  /** Those that are open. */
  readonly size: number
  close(): Promise<void>
}
