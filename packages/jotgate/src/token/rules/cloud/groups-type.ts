import type { CloudDeployment } from '../../deployment.ts'
import { describeKind, ownValue } from '../members.ts'
import { isFromGlitch } from '../peers.ts'
import type { TokenRule } from '../rule.ts'

export const groupsType: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-groups-type',
  effect: 'refused',
  certainty: 'inferred',
  title: '`groups` is not a list of names',
  hint: 'Write a list of texts, also for one group: `"groups": ["sales"]`.',
  source:
    'https://qlik.dev/authenticate/jwt/implement-jwt-authorization/: "An array of group names"',
  peers: [
    {
      program: 'qlik-cloud-jwt (the Glitch project)',
      mistake: '`[null]` when the variable `group` is not set',
      made: isFromGlitch,
    },
  ],
  explain({ claims }) {
    const groups = ownValue(claims, 'groups')
    if (groups === undefined) return undefined
    if (!Array.isArray(groups)) return `It is ${describeKind(groups)}.`
    const wrong = groups.find((group) => typeof group !== 'string')
    return wrong === undefined ? undefined : `It holds ${describeKind(wrong)}.`
  },
}
