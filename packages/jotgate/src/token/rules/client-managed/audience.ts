import type { ClientManagedDeployment } from '../../client-managed.ts'
import { describeDifference, ownValue } from '../members.ts'
import type { TokenRule } from '../rule.ts'

export const audience: TokenRule<ClientManagedDeployment> = {
  about: 'claims',
  id: 'client-managed-audience',
  effect: 'refused',
  certainty: 'inferred',
  title: 'The audience is not the one that the virtual proxy demands',
  hint: 'Write `aud` exactly as the virtual proxy has it under "JWT audience".',
  source:
    'qs-jwt: "Audience in JWT must match the audience defined in the QSEoW virtual proxy"; field jwtAudience',
  explain({ claims, deployment }) {
    const { audience: expected } = deployment
    if (expected === undefined) return undefined
    const aud = ownValue(claims, 'aud')
    const all: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
    if (all.length > 0 && all.every((one) => one === expected)) return undefined
    const demanded = `The virtual proxy demands ${JSON.stringify(expected)}`
    if (aud === undefined) return `${demanded}, and the payload has no \`aud\`.`
    if (all.includes(expected)) return `${demanded}; \`aud\` names others beside it.`
    return `${demanded}. In the token ${describeDifference(aud, expected)}.`
  },
}
