import { type ClientManagedDeployment, constantDirectory } from '../../client-managed.ts'
import { describeDifference, isText, ownValue } from '../members.ts'
import type { TokenRule } from '../rule.ts'

export const userDirectoryDiffers: TokenRule<ClientManagedDeployment> = {
  about: 'claims',
  id: 'client-managed-user-directory-differs',
  effect: 'advice',
  certainty: 'inferred',
  title: 'The user directory is not the deployment’s',
  hint: 'When people log in another way too, use the same directory and ID: a user of another directory is another user, with a licence of their own.',
  source: 'Qlik Community, article 1716226; users are told apart by directory and ID',
  explain({ claims, deployment }) {
    if (constantDirectory(deployment.claims) !== undefined) return undefined
    const directory = ownValue(claims, deployment.claims.userDirectory)
    const expected = deployment.userDirectory
    // Directories are shown in upper case and compared without case.
    if (!isText(directory) || directory.toLowerCase() === expected.toLowerCase()) return undefined
    return `The deployment has ${JSON.stringify(expected)}. In the token ${describeDifference(directory, expected)}.`
  },
}
