import { kindOf, listNames, ownMember } from '../../../values/index.ts'
import type { CloudDeployment } from '../../deployment.ts'
import { explainGroupForm, groupFormWords } from '../group-form.ts'
import { listKnown, presentNames } from '../members.ts'
import type { Members, TokenRule } from '../rule.ts'

/** Every claim that Qlik Cloud reads. */
const readClaims: readonly string[] =
  'iss aud sub subType name email email_verified jti iat nbf exp groups'.split(' ')

/** Claims that may be shown by name; any other is counted, since a finding holds nothing of the token. */
const known =
  'group roles role scope scp azp tid oid given_name family_name preferred_username picture locale zoneinfo nonce userId userDirectory attributes'.split(
    ' ',
  )

/** Other names for the groups; only where there is no `groups`. */
function groupLookalikes(claims: Members): string[] {
  if (Object.hasOwn(claims, 'groups')) return []
  const names = ['group', 'Group', 'Groups', 'GROUPS', 'roles', 'role', 'memberOf', 'member_of']
  return presentNames(claims, names).filter((name) => {
    const value = ownMember(claims, name)
    return typeof value === 'string' || Array.isArray(value)
  })
}

const onlyOptional =
  'https://qlik.dev/authenticate/jwt/implement-jwt-authorization/: `groups` "is the only optional claim currently read by Qlik Cloud"'

/** The user's groups, and claims that are not read. */
export const groupRules: readonly TokenRule<CloudDeployment>[] = [
  {
    about: 'claims',
    id: 'cloud-group-for-groups',
    effect: 'ignored',
    certainty: 'verified',
    title: 'The groups are under a name that Qlik Cloud does not read',
    hint: 'Call the claim `groups`, in lower case and with an s. Otherwise the user logs in and is in no group.',
    source: onlyOptional,
    explain({ claims }) {
      const names = groupLookalikes(claims)
      return names.length === 0
        ? undefined
        : `The payload has ${listNames(names)} and no \`groups\`.`
    },
  },
  {
    about: 'claims',
    id: 'cloud-groups-type',
    effect: 'refused',
    certainty: 'inferred',
    title: '`groups` is not a list of names',
    hint: 'Write a list of strings, also for one group: `"groups": ["sales"]`.',
    source:
      'https://qlik.dev/authenticate/jwt/implement-jwt-authorization/: "An array of group names"',
    explain({ claims }) {
      const groups = ownMember(claims, 'groups')
      if (groups === undefined) return undefined
      if (!Array.isArray(groups)) return `It is ${kindOf(groups)}.`
      const wrong = groups.find((group) => typeof group !== 'string')
      return wrong === undefined ? undefined : `It holds ${kindOf(wrong)}.`
    },
  },
  {
    about: 'claims',
    id: 'cloud-group-name',
    effect: 'refused',
    certainty: 'inferred',
    title: 'A group’s name is empty or too long',
    hint: 'Send names of 1 to 256 characters: the names of the groups, not their paths in a directory.',
    source: 'https://qlik.dev/apis/rest/groups/: a name has at most 256 characters',
    explain({ claims }) {
      const groups = ownMember(claims, 'groups')
      if (!Array.isArray(groups)) return undefined
      const names = groups.filter((one) => typeof one === 'string')
      if (names.some((name) => name.trim() === '')) return 'One is empty.'
      const longest = Math.max(0, ...names.map((name) => name.length))
      return longest > 256 ? `The longest has ${longest} characters.` : undefined
    },
  },
  {
    about: 'claims',
    id: 'cloud-group-form',
    ...groupFormWords,
    explain: ({ claims }) => explainGroupForm(ownMember(claims, 'groups')),
  },
  {
    about: 'claims',
    id: 'cloud-groups-empty',
    effect: 'advice',
    certainty: 'inferred',
    title: 'The list of groups is empty',
    hint: 'Name the groups by which Qlik gives access, or omit `groups` when access is given to users by name.',
    source: 'https://qlik.dev/authenticate/jwt/implement-jwt-authorization/',
    explain({ claims }) {
      const groups = ownMember(claims, 'groups')
      return Array.isArray(groups) && groups.length === 0
        ? 'The user is in no group after this login.'
        : undefined
    },
  },
  {
    about: 'claims',
    id: 'cloud-unread-claims',
    effect: 'ignored',
    certainty: 'verified',
    title: 'The token has claims that Qlik Cloud does not read',
    hint: 'Omit them. Roles and spaces are given to groups in Qlik; the picture and the language are the user’s own settings.',
    source: onlyOptional,
    explain({ header, claims }) {
      const elsewhere = [...readClaims, ...groupLookalikes(claims)]
      if (!Object.hasOwn(header, 'kid')) elsewhere.push('kid', 'keyid')
      const unread = Object.keys(claims).filter((name) => !elsewhere.includes(name))
      if (unread.length === 0) return undefined
      const named = presentNames(claims, known).filter((name) => unread.includes(name))
      return `Not read: ${listKnown(named, unread.length, 'claim')}.`
    },
  },
]
