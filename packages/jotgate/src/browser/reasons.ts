import { isJotgateError, type JotgateError } from '../errors/index.ts'

/** Why a connection waits. It tries again by itself, and goes on where it was. */
export const waitingReasons = [
  /** The browser has no network. */
  'offline',
  /** The application does not answer, or fails. */
  'host-unreachable',
  /** Qlik does not answer, fails, or does not list this page's origin: a page cannot tell these apart. */
  'qlik-unreachable',
  /** The application or Qlik takes no calls for now (429). */
  'rate-limited',
  /** The application signs as many tokens as it can at once, or logins at Qlik wait in the gateway for their turn. */
  'queue-full',
] as const

/** Why a connection has ended. It never logs in again; `connect` makes a new one. */
export const endedReasons = [
  /** The person signed out of Qlik, in this tab or another one. */
  'signed-out',
  /** The gateway's operator, or the application, ended the session. */
  'revoked',
  /** Somebody else is logged in now, to the application or to Qlik. */
  'other-person',
  'not-logged-in-to-host',
  /** The application gives this person, or this page, no token. */
  'not-permitted',
  /** Qlik refused the token, or the application's answer cannot be a token. */
  'refused',
  /** The browser does not send Qlik's cookies. */
  'cookies-blocked',
  /** Qlik says that its web integration does not list this page's origin. */
  'origin-not-listed',
  /** The clocks of the application and of this device differ too much. */
  'clock',
  /** The page closed the connection. */
  'closed',
] as const

export type WaitingReason = (typeof waitingReasons)[number]
export type EndedReason = (typeof endedReasons)[number]

/** A connection that waits for its next attempt. */
export interface Waiting {
  readonly state: 'waiting'
  readonly reason: WaitingReason
  readonly error: JotgateError
  /** When it tries again, unless something happens before. */
  readonly retryInMs: number
}

/** A connection that has ended. */
export interface Ended {
  readonly state: 'ended'
  readonly reason: EndedReason
  readonly error: JotgateError
}

/** How a connection is now. */
export type ConnectionState = { readonly state: 'connected' } | Waiting | Ended

/** What `onEvent` hears of a connection after `connect`. `login` counts the logins of the page. */
export type ConnectionEvent =
  | { readonly state: 'renewed'; readonly login: number }
  | Waiting
  | Ended

/** The reason that an error of this part gives, for a connection or for a `connect` that failed. */
export function reasonOf(error: unknown): WaitingReason | EndedReason | undefined {
  if (!isJotgateError(error)) return undefined
  const { reason } = error.details as { reason?: unknown }
  return [...waitingReasons, ...endedReasons].find((one) => one === reason)
}

export function isWaitingReason(reason: unknown): reason is WaitingReason {
  return waitingReasons.includes(reason as WaitingReason)
}
