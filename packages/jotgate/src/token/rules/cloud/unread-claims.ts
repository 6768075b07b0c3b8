import type { CloudDeployment } from '../../deployment.ts'
import { listKnown, presentNames } from '../members.ts'
import type { TokenRule } from '../rule.ts'
import { groupLookalikes, readClaims } from './read-claims.ts'

/** Shown by name; any other is counted, since a finding holds nothing of the token. */
const known =
  'group roles role scope scp azp tid oid given_name family_name preferred_username picture locale zoneinfo nonce userId userDirectory attributes'.split(
    ' ',
  )

export const unreadClaims: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-unread-claims',
  effect: 'ignored',
  certainty: 'verified',
  title: 'The token has claims that Qlik Cloud does not read',
  hint: 'Leave them out. Roles and spaces are given to groups in Qlik; the picture and the language are the user’s own settings.',
  source:
    'https://qlik.dev/authenticate/jwt/implement-jwt-authorization/: `groups` "is the only optional claim currently read by Qlik Cloud"',
  explain({ header, claims }) {
    const elsewhere = [...readClaims, ...groupLookalikes(claims)]
    if (!Object.hasOwn(header, 'kid')) elsewhere.push('kid', 'keyid')
    const unread = Object.keys(claims).filter((name) => !elsewhere.includes(name))
    if (unread.length === 0) return undefined
    const named = presentNames(claims, known).filter((name) => unread.includes(name))
    return `Not read: ${listKnown(named, unread.length, 'claim')}.`
  },
}
