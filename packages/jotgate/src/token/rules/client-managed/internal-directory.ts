import { type ClientManagedDeployment, constantDirectory } from '../../client-managed.ts'
import { ownValue } from '../members.ts'
import type { TokenRule } from '../rule.ts'

export const internalDirectory: TokenRule<ClientManagedDeployment> = {
  about: 'claims',
  id: 'client-managed-internal-directory',
  effect: 'advice',
  certainty: 'verified',
  title: 'The token is for one of Qlik’s own accounts',
  hint: 'Give people a directory of their own. In INTERNAL stand `sa_repository` and `sa_api`, who may do everything; let no host application speak for them.',
  source:
    'help.qlik.com, "Connecting to the QRS API": `UserDirectory=INTERNAL; UserId=sa_repository`',
  explain({ claims, deployment }) {
    const constant = constantDirectory(deployment.claims)
    const directory = constant ?? ownValue(claims, deployment.claims.userDirectory)
    return typeof directory === 'string' && directory.trim().toLowerCase() === 'internal'
      ? 'The user directory is INTERNAL.'
      : undefined
  },
}
