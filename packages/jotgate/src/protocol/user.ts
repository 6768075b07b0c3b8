import { isObject } from '../values/index.ts'

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

/** A user as Qlik Cloud has it; what Qlik omits is omitted here. */
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

/** Reads what Qlik Cloud answers for a user; undefined when it is not a user. */
export function parseQlikUser(answer: unknown): QlikUser | undefined {
  if (!isObject(answer)) return undefined
  const { id, subject, name } = answer
  if (typeof id !== 'string' || typeof subject !== 'string') return undefined
  const strings: { -readonly [Field in 'tenantId' | 'status' | 'email']?: string } = {}
  for (const field of ['tenantId', 'status', 'email'] as const) {
    const value = answer[field]
    if (typeof value === 'string') strings[field] = value
  }
  return {
    id,
    subject,
    name: typeof name === 'string' && name !== '' ? name : subject,
    ...strings,
    assignedGroups: parseNames(answer.assignedGroups),
    assignedRoles: parseNames(answer.assignedRoles),
  }
}

function parseNames(value: unknown): QlikGroup[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((item: unknown) => {
    if (!isObject(item)) return []
    const { id, name, providerType } = item
    if (typeof id !== 'string' || typeof name !== 'string') return []
    return [{ id, name, ...(typeof providerType === 'string' ? { providerType } : {}) }]
  })
}
