import type { CloudDeployment } from '../../deployment.ts'
import { ownValue } from '../members.ts'
import type { TokenRule } from '../rule.ts'

export const groupName: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-group-name',
  effect: 'refused',
  certainty: 'inferred',
  title: 'A group’s name is empty or too long',
  hint: 'Send names of 1 to 256 characters: the names of the groups, not their paths in a directory.',
  source: 'https://qlik.dev/apis/rest/groups/: a name has at most 256 characters',
  explain({ claims }) {
    const groups = ownValue(claims, 'groups')
    if (!Array.isArray(groups)) return undefined
    if (groups.some((one) => typeof one === 'string' && one.trim() === '')) return 'One is empty.'
    const longest = Math.max(0, ...groups.map((one) => (typeof one === 'string' ? one.length : 0)))
    return longest > 256 ? `The longest has ${longest} characters.` : undefined
  },
}
