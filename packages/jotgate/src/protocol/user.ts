import { isObject, type JsonObject } from '../values/index.ts'

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

/** A user as Qlik has it; what Qlik omits is omitted here. */
export interface QlikUser {
  /** Qlik Cloud's ID of the user; on client-managed Qlik, directory and user ID: `ACME\ada`. */
  readonly id: string
  /** The `sub` of the token that opened the session; on client-managed Qlik the user ID. */
  readonly subject: string
  /** The user directory: client-managed Qlik only. */
  readonly directory?: string
  readonly tenantId?: string
  readonly status?: string
  /** What Qlik shows; the subject when it has no name. */
  readonly name: string
  readonly email?: string
  /** Empty on client-managed Qlik, which does not tell a user's groups. */
  readonly assignedGroups: readonly QlikGroup[]
  /** Empty on client-managed Qlik. */
  readonly assignedRoles: readonly QlikName[]
}

/** Reads what Qlik Cloud answers for a user; undefined when it is not a user. */
export function parseQlikUser(answer: unknown): QlikUser | undefined {
  if (!isObject(answer)) return undefined
  const strings = stringsOf(answer, ['id', 'subject', 'name', 'tenantId', 'status', 'email'])
  const { id, subject, name, ...others } = strings
  if (id === undefined || subject === undefined) return undefined
  return {
    id,
    subject,
    name: name || subject,
    ...others,
    assignedGroups: parseNames(answer.assignedGroups),
    assignedRoles: parseNames(answer.assignedRoles),
  }
}

/**
 * Reads what `/qps/user` of client-managed Qlik answers: the user, `inactive` when nobody is logged in (an
 * anonymous user is nobody), and undefined when it is neither.
 *
 * @see https://help.qlik.com/en-US/sense-developer/, Qlik Sense Proxy Service API, Personal API
 */
export function parseProxyUser(answer: unknown): QlikUser | 'inactive' | undefined {
  if (!isObject(answer)) return undefined
  const { session, userDirectory: directory, userId, userName } = answer
  if (session === 'inactive') return 'inactive'
  if (typeof directory !== 'string' || typeof userId !== 'string') return undefined
  return {
    id: `${directory}\\${userId}`,
    subject: userId,
    directory,
    name: typeof userName === 'string' && userName !== '' ? userName : userId,
    assignedGroups: [],
    assignedRoles: [],
  }
}

function parseNames(value: unknown): QlikGroup[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((item: unknown) => {
    if (!isObject(item)) return []
    const { id, name, ...others } = stringsOf(item, ['id', 'name', 'providerType'])
    return id === undefined || name === undefined ? [] : [{ id, name, ...others }]
  })
}

/** The members that are strings. */
function stringsOf<Name extends string>(
  object: JsonObject,
  names: readonly Name[],
): { [Each in Name]?: string } {
  const strings: { [Each in Name]?: string } = {}
  for (const name of names) {
    const value = object[name]
    if (typeof value === 'string') strings[name] = value
  }
  return strings
}
