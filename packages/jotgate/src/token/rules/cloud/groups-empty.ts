import type { CloudDeployment } from '../../deployment.ts'
import { ownValue } from '../members.ts'
import { isFromJwtDemo } from '../peers.ts'
import type { TokenRule } from '../rule.ts'

export const groupsEmpty: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-groups-empty',
  effect: 'advice',
  certainty: 'inferred',
  title: 'The list of groups is empty',
  hint: 'Name the groups by which Qlik gives access, or leave `groups` out when access is given to users by name.',
  source: 'https://qlik.dev/authenticate/jwt/implement-jwt-authorization/',
  peers: [
    {
      program: 'qlikwebisr/jwt-demo',
      mistake: '`groups: []`, and everybody is the one user of its configuration',
      made: isFromJwtDemo,
    },
  ],
  explain({ claims }) {
    const groups = ownValue(claims, 'groups')
    return Array.isArray(groups) && groups.length === 0
      ? 'The user is in no group after this login.'
      : undefined
  },
}
