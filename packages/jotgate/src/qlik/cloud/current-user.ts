import { callAs } from '../call-as.ts'
import { qlikErrors } from '../errors.ts'
import { isObject } from '../json-object.ts'
import type { SessionCallOptions } from '../product.ts'

/** A name that Qlik gives to a group or a role. */
export interface QlikName {
  readonly id: string
  readonly name: string
}

/** A group of a user. */
export interface QlikGroup extends QlikName {
  /** `idp` for a group that came with a login, `custom` for one that an administrator made. */
  readonly providerType?: string
}

/** A user as Qlik Cloud has it; what Qlik leaves out is left out here. */
export interface QlikUser {
  readonly id: string
  /** The `sub` of the token that opened the session. */
  readonly subject: string
  readonly tenantId?: string
  readonly status?: string
  /** What Qlik shows; the subject when it has no name. */
  readonly name: string
  readonly email?: string
  readonly assignedGroups: readonly QlikGroup[]
  readonly assignedRoles: readonly QlikName[]
}

/**
 * Asks Qlik Cloud whom a session belongs to.
 *
 * `GET /api/v1/users/me` is a redirect to the user's own address. It is followed here, on the
 * deployment's origin only, since the session's cookies go with it.
 *
 * @param options.session what `openSession` gave; `fetch`, `timeoutMs` and `signal` as there
 * @throws ERR_QLIK_NOT_LOGGED_IN, ERR_QLIK_REDIRECT, ERR_QLIK_ANSWER or another error of the part
 * @see https://qlik.dev/apis/rest/users/
 * @example
 * import { getCurrentUser, type QlikSession } from 'jotgate/qlik'
 *
 * async function greet(session: QlikSession) {
 *   const { name, assignedGroups } = await getCurrentUser({ session })
 *   console.log(name, assignedGroups.length)
 * }
 */
export async function getCurrentUser(options: SessionCallOptions): Promise<QlikUser> {
  const { session, ...how } = options
  const answer = await callAs(session, { timeoutMs: 10_000, ...how, path: '/api/v1/users/me' })
  return parseUser(await answer.json(), answer.call)
}

function parseUser(user: unknown, call: string): QlikUser {
  if (!isObject(user) || typeof user.id !== 'string' || typeof user.subject !== 'string')
    throw qlikErrors.ERR_QLIK_ANSWER({ call, problem: 'is not a user' })
  const texts: { -readonly [Field in 'tenantId' | 'status' | 'email']?: string } = {}
  for (const field of ['tenantId', 'status', 'email'] as const) {
    const value = user[field]
    if (typeof value === 'string') texts[field] = value
  }
  return {
    id: user.id,
    subject: user.subject,
    name: typeof user.name === 'string' && user.name !== '' ? user.name : user.subject,
    ...texts,
    assignedGroups: parseNames(user.assignedGroups),
    assignedRoles: parseNames(user.assignedRoles),
  }
}

function parseNames(value: unknown): QlikGroup[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((item: Partial<QlikGroup> | null) => {
    if (typeof item?.id !== 'string' || typeof item.name !== 'string') return []
    const { id, name, providerType } = item
    return [{ id, name, ...(typeof providerType === 'string' ? { providerType } : {}) }]
  })
}
