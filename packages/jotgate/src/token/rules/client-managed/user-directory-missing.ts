import { type ClientManagedDeployment, constantDirectory } from '../../client-managed.ts'
import type { TokenRule } from '../rule.ts'
import { explainNoName, peersOfOtherNames } from './claim-names.ts'

export const userDirectoryMissing: TokenRule<ClientManagedDeployment> = {
  about: 'claims',
  id: 'client-managed-user-directory-missing',
  effect: 'refused',
  certainty: 'verified',
  title: 'The user directory does not stand under the virtual proxy’s name for it',
  hint: 'Make the name in the token and the virtual proxy’s "JWT attribute for user directory" the same, letter for letter.',
  source:
    'Qlik Community, article 1716226: the name "can be anything … but it must match the values used" in the token',
  peers: peersOfOtherNames,
  explain({ claims, deployment }) {
    if (constantDirectory(deployment.claims) !== undefined) return undefined
    return explainNoName(claims, 'userDirectory', deployment.claims.userDirectory)
  },
}
