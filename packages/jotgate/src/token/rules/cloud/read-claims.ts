import { ownValue, presentNames } from '../members.ts'
import type { Members } from '../rule.ts'

/** Every claim that Qlik Cloud reads. */
export const readClaims: readonly string[] = [
  'iss',
  'aud',
  'sub',
  'subType',
  'name',
  'email',
  'email_verified',
  'jti',
  'iat',
  'nbf',
  'exp',
  'groups',
]

/** What people call the groups; only where there is no `groups`. */
export function groupLookalikes(claims: Members): string[] {
  if (Object.hasOwn(claims, 'groups')) return []
  const names = ['group', 'Group', 'Groups', 'GROUPS', 'roles', 'role', 'memberOf', 'member_of']
  return presentNames(claims, names).filter((name) => {
    const value = ownValue(claims, name)
    return typeof value === 'string' || Array.isArray(value)
  })
}
