import { type ClientManagedDeployment, namedClaims } from '../../client-managed.ts'
import { describeKind, ownValue } from '../members.ts'
import type { TokenRule } from '../rule.ts'

function isAttribute(value: unknown): boolean {
  return (
    typeof value === 'string' ||
    (Array.isArray(value) && value.every((one) => typeof one === 'string'))
  )
}

export const attributeType: TokenRule<ClientManagedDeployment> = {
  about: 'claims',
  id: 'client-managed-attribute-type',
  effect: 'unknown',
  certainty: 'unknown',
  title: 'An attribute is neither a text nor a list of texts',
  hint: 'Send attributes and groups as texts or lists of texts: those forms are known to reach the security rules. Before you rely on a number or a truth value, try it in a rule.',
  source:
    'goldbergjeffrey/qs-jwt-examples, docs/vpconfig.md; other forms were looked for and not found',
  explain({ claims, deployment }) {
    const wrong = namedClaims(deployment.claims).flatMap(([option, name]) => {
      const value = ownValue(claims, name)
      if (/^claims\.user/.test(option) || value === undefined || isAttribute(value)) return []
      return [
        `\`${name}\` is ${Array.isArray(value) ? 'a list of other things' : describeKind(value)}.`,
      ]
    })
    return wrong.length === 0 ? undefined : wrong.join(' ')
  },
}
