import type { QlikUser } from '../../qlik/index.ts'
import type { Said } from '../product-facts.ts'

/**
 * Names what is different at Qlik and in the token. What the token did not say is not a difference, nor are
 * groups that an administrator gave; a group from an earlier login is one.
 *
 * @param compared what the product tells of a user
 */
export function differencesOf(
  said: Said | null,
  user: QlikUser,
  compared: readonly (keyof Said)[],
): (keyof Said)[] {
  if (said === null) return []
  const isSame = {
    subject: hasSameId(said, user),
    directory: lower(said.directory) === lower(user.directory),
    name: said.name === null || said.name === user.name,
    email: said.email === null || lower(said.email) === lower(user.email),
    groups: hasSameGroups(said.groups, user),
  }
  return compared.filter((field) => !isSame[field])
}

/** Client-managed Qlik takes no notice of case in user IDs and directories; Qlik Cloud does in subjects. */
const hasSameId = ({ subject }: Said, user: QlikUser) =>
  user.directory === undefined ? subject === user.subject : lower(subject) === lower(user.subject)

/** Mail systems and Qlik's own look-ups take no notice of case in addresses. */
const lower = (value: unknown) => (typeof value === 'string' ? value.toLowerCase() : value)

function hasSameGroups(said: readonly unknown[], { assignedGroups }: QlikUser): boolean {
  const has = new Set<unknown>(assignedGroups.map(({ name }) => name))
  const came = assignedGroups.filter(({ providerType }) => providerType === 'idp')
  return said.every((name) => has.has(name)) && came.every(({ name }) => said.includes(name))
}
