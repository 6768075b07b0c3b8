import { type ClientManagedDeployment, namedClaims } from '../../client-managed.ts'
import type { TokenRule } from '../rule.ts'
import { otherNames } from './claim-names.ts'

export const mappedClaimMissing: TokenRule<ClientManagedDeployment> = {
  about: 'claims',
  id: 'client-managed-mapped-claim-missing',
  effect: 'advice',
  certainty: 'inferred',
  title: 'A claim of the attribute mapping is not in the token',
  hint: 'Send it, when security rules ask for it. Where the virtual proxy’s mapping has it as mandatory, the token is refused without it: leave that box empty for what not every user has, groups too.',
  source:
    'Field isMandatory of the virtual proxy’s jwtAttributeMap; what it does is read from its name',
  explain({ claims, deployment }) {
    const { groups } = deployment.claims
    const missing = namedClaims(deployment.claims)
      .filter(([option, name]) => !/^claims\.user/.test(option) && !Object.hasOwn(claims, name))
      .map(([, name]) => name)
      // Of groups under another name, the rule for their name tells.
      .filter((name) => name !== groups || otherNames(claims, 'groups', name).length === 0)
    return missing.length === 0
      ? undefined
      : `The payload has ${missing.map((name) => `no \`${name}\``).join(' and ')}.`
  },
}
