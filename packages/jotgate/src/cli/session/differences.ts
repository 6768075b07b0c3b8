import type { QlikUser } from '../../qlik/index.ts'

/** What a token said of its user; anything can stand in a token. */
export interface Said {
  readonly subject: unknown
  readonly name: unknown
  readonly email: unknown
  readonly groups: readonly unknown[]
}

/**
 * Names what is different at Qlik and in the token. What the token did not say is not a difference, nor are
 * groups that an administrator gave; a group from an earlier login is one.
 */
export function differencesOf(said: Said | null, user: QlikUser): (keyof Said)[] {
  if (said === null) return []
  const isSame = {
    subject: said.subject === user.subject,
    name: said.name === null || said.name === user.name,
    email: said.email === null || lower(said.email) === lower(user.email),
    groups: hasSameGroups(said.groups, user),
  }
  return (['subject', 'name', 'email', 'groups'] as const).filter((field) => !isSame[field])
}

/** Mail systems and Qlik's own look-ups take no notice of case in addresses. */
const lower = (value: unknown) => (typeof value === 'string' ? value.toLowerCase() : value)

function hasSameGroups(said: readonly unknown[], { assignedGroups }: QlikUser): boolean {
  const has = new Set<unknown>(assignedGroups.map(({ name }) => name))
  const came = assignedGroups.filter(({ providerType }) => providerType === 'idp')
  return said.every((name) => has.has(name)) && came.every(({ name }) => said.includes(name))
}
