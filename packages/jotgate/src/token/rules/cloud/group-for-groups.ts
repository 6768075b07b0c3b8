import type { CloudDeployment } from '../../deployment.ts'
import { listNames } from '../members.ts'
import { isFromQsJwtCloud } from '../peers.ts'
import type { TokenRule } from '../rule.ts'
import { groupLookalikes } from './read-claims.ts'

export const groupForGroups: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-group-for-groups',
  effect: 'ignored',
  certainty: 'verified',
  title: 'The groups stand under a name that Qlik Cloud does not read',
  hint: 'Call the claim `groups`, in small letters and with an s. Otherwise the user logs in and is in no group.',
  source:
    'https://qlik.dev/authenticate/jwt/implement-jwt-authorization/: `groups` "is the only optional claim currently read by Qlik Cloud"',
  peers: [
    {
      program: 'qs-jwt create-qscloud',
      mistake: '`group` in place of `groups`',
      made: isFromQsJwtCloud,
    },
  ],
  explain({ claims }) {
    const names = groupLookalikes(claims)
    return names.length === 0 ? undefined : `The payload has ${listNames(names)} and no \`groups\`.`
  },
}
