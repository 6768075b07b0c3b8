import type { ClientManagedDeployment } from '../../client-managed.ts'
import { ownValue } from '../members.ts'
import type { TokenRule } from '../rule.ts'

export const algorithmNotConfigured: TokenRule<ClientManagedDeployment> = {
  about: 'header',
  id: 'client-managed-algorithm-not-configured',
  effect: 'unknown',
  certainty: 'unknown',
  title: 'The token’s algorithm is not one of the deployment’s',
  hint: 'Sign with one of the deployment’s `algorithms`, or add this one there. The virtual proxy itself may take it.',
  source: 'RFC 8725 section 3.1: the algorithm comes from configuration',
  explain({ header, deployment }) {
    const alg = ownValue(header, 'alg')
    return typeof alg === 'string' &&
      /^RS(256|384|512)$/.test(alg) &&
      !deployment.algorithms.some((one) => one === alg)
      ? `\`alg\` is ${alg}; the deployment has ${deployment.algorithms.join(', ')}.`
      : undefined
  },
}
