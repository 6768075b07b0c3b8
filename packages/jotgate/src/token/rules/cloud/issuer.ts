import type { CloudDeployment } from '../../deployment.ts'
import { describeDifference, ownValue } from '../members.ts'
import type { TokenRule } from '../rule.ts'

export const issuer: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-issuer',
  effect: 'refused',
  certainty: 'verified',
  title: 'The issuer is not the one that the tenant trusts',
  hint: 'Write `iss` exactly as the identity provider has it: Administration, Identity provider, Issuer.',
  source: 'https://qlik.dev/apis/rest/login/: "it must match the issuer in the IDP definition"',
  explain({ claims, deployment }) {
    const iss = ownValue(claims, 'iss')
    if (iss === deployment.issuer) return undefined
    if (iss === undefined) return 'The payload has no `iss`.'
    return `The tenant trusts ${JSON.stringify(deployment.issuer)}. In the token ${describeDifference(iss, deployment.issuer)}.`
  },
}
