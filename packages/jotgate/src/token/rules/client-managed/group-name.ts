import type { ClientManagedDeployment } from '../../client-managed.ts'
import { listNames } from '../members.ts'
import type { TokenRule } from '../rule.ts'
import { otherNames } from './claim-names.ts'

export const groupName: TokenRule<ClientManagedDeployment> = {
  about: 'claims',
  id: 'client-managed-group-name',
  effect: 'ignored',
  certainty: 'inferred',
  title: 'The groups do not stand under the virtual proxy’s name for them',
  hint: 'Make the name in the token and the left side of the virtual proxy’s attribute mapping the same, letter for letter; its right side is `group`.',
  source:
    'help.qlik.com, "JWT authentication": the proxy "injects the configured attribute mapping"; goldbergjeffrey/qs-jwt-examples, docs/vpconfig.md',
  explain({ claims, deployment }) {
    const { groups } = deployment.claims
    if (groups === undefined || Object.hasOwn(claims, groups)) return undefined
    const others = otherNames(claims, 'groups', groups)
    return others.length === 0
      ? undefined
      : `The payload has ${listNames(others)}, and the deployment has \`${groups}\`.`
  },
}
