import type { User } from '../../token/index.ts'
import { isObject, isWholeNumber, type JsonObject } from '../../values/index.ts'
import type { GatewaySession, SessionPlace } from './gateway-session.ts'

/** A gateway session as it is kept in the store. Its ID is that of the record. */
export interface SessionRecord extends SessionPlace {
  /** The SHA-256 of what the cookie holds. */
  readonly secretHash: string
  readonly holder: GatewaySession['holder']
  readonly user: User
  readonly identity: GatewaySession['identity']
  /** All in milliseconds since 1970. */
  readonly openedAt: number
  readonly lastUsedAt: number
  /** When what said who it is stops to hold; omitted when the host application is asked. */
  readonly identityEndsAt?: number
  /** Those that have proved it and could be used again, the newest first. */
  readonly tokens: readonly { readonly hash: string; readonly expiresAt: number }[]
}

/**
 * Reads a record. The store has checked that we wrote it, so this only finds out whether it has the form of
 * this version.
 *
 * @returns undefined when it has another form: such a session has ended
 */
export function readSessionRecord(record: JsonObject): SessionRecord | undefined {
  const { secretHash, holder, site, upstream, user, identity, tokens } = record
  const { openedAt, lastUsedAt, identityEndsAt } = record
  const isRecord =
    typeof secretHash === 'string' &&
    (holder === 'browser' || holder === 'program') &&
    typeof site === 'string' &&
    typeof upstream === 'string' &&
    isObject(user) &&
    typeof user.subject === 'string' &&
    isObject(identity) &&
    typeof identity.subject === 'string' &&
    isTime(openedAt) &&
    isTime(lastUsedAt) &&
    (identityEndsAt === undefined || isTime(identityEndsAt)) &&
    Array.isArray(tokens) &&
    tokens.every((one) => isObject(one) && typeof one.hash === 'string' && isTime(one.expiresAt))
  return isRecord ? (record as unknown as SessionRecord) : undefined
}

const isTime = (value: unknown): value is number => isWholeNumber(value, 0, Number.MAX_SAFE_INTEGER)
