import { browserErrors } from './errors.ts'

/** A name that Qlik gives to a group or a role. */
export interface QlikName {
  readonly id: string
  readonly name: string
}

/** A user as Qlik Cloud has it; what Qlik leaves out is left out here. */
export interface QlikUser {
  readonly id: string
  /** The `sub` of the token that opened the session. */
  readonly subject: string
  /** What Qlik shows; the subject when it has no name. */
  readonly name: string
  readonly email?: string
  readonly tenantId?: string
  readonly status?: string
  readonly assignedGroups: readonly QlikName[]
  readonly assignedRoles: readonly QlikName[]
}

/** Reads the answer of `users/me`. */
export async function parseUser(response: Response, url: string): Promise<QlikUser> {
  const answer: unknown = await response.json().catch(() => undefined)
  const user = typeof answer === 'object' ? (answer as Record<string, unknown> | null) : null
  const { id, subject, name, email, tenantId, status } = user ?? {}
  if (typeof id !== 'string' || typeof subject !== 'string')
    throw browserErrors.ERR_BROWSER_QLIK_ANSWER({ url, problem: 'is not a user' })
  return {
    id,
    subject,
    name: typeof name === 'string' && name !== '' ? name : subject,
    ...(typeof email === 'string' ? { email } : {}),
    ...(typeof tenantId === 'string' ? { tenantId } : {}),
    ...(typeof status === 'string' ? { status } : {}),
    assignedGroups: parseNames(user?.assignedGroups),
    assignedRoles: parseNames(user?.assignedRoles),
  }
}

function parseNames(value: unknown): QlikName[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((item: Partial<QlikName> | null) =>
    typeof item?.id === 'string' && typeof item.name === 'string'
      ? [{ id: item.id, name: item.name }]
      : [],
  )
}
