import { type ClientManagedDeployment, constantDirectory } from '../../client-managed.ts'
import { describeKind, ownValue } from '../members.ts'
import type { TokenRule } from '../rule.ts'

export const userType: TokenRule<ClientManagedDeployment> = {
  about: 'claims',
  id: 'client-managed-user-type',
  effect: 'refused',
  certainty: 'inferred',
  title: 'The user’s ID or directory is no text',
  hint: 'Write both as texts, also an ID that is a number: `"userId": "42"`.',
  source: 'help.qlik.com, "JWT authentication": every example has texts',
  explain({ claims, deployment }) {
    const { userId, userDirectory } = deployment.claims
    const names =
      constantDirectory(deployment.claims) === undefined ? [userId, userDirectory] : [userId]
    const wrong = names.flatMap((name) => {
      const value = ownValue(claims, name)
      return value === undefined || typeof value === 'string'
        ? []
        : [`\`${name}\` is ${describeKind(value)}.`]
    })
    return wrong.length === 0 ? undefined : wrong.join(' ')
  },
}
