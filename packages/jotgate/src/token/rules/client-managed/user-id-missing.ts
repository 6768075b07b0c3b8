import type { ClientManagedDeployment } from '../../client-managed.ts'
import type { TokenRule } from '../rule.ts'
import { explainNoName, peersOfOtherNames } from './claim-names.ts'

export const userIdMissing: TokenRule<ClientManagedDeployment> = {
  about: 'claims',
  id: 'client-managed-user-id-missing',
  effect: 'refused',
  certainty: 'verified',
  title: 'The user’s ID does not stand under the virtual proxy’s name for it',
  hint: 'Make the name in the token and the virtual proxy’s "JWT attribute for user ID" the same, letter for letter.',
  source:
    'Qlik Community, article 1716226: the name "can be anything … but it must match the values used" in the token',
  peers: peersOfOtherNames,
  explain: ({ claims, deployment }) => explainNoName(claims, 'userId', deployment.claims.userId),
}
