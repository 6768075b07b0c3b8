import type { CloudDeployment } from '../../deployment.ts'
import { explainMissing } from '../required-claim.ts'
import type { TokenRule } from '../rule.ts'

export const issuedAtMissing: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-issued-at-missing',
  effect: 'refused',
  certainty: 'verified',
  title: 'The token does not say when it was made',
  hint: 'Put the time now into `iat`, in seconds since 1970.',
  source: 'https://qlik.dev/apis/rest/login/',
  explain: ({ claims }) => explainMissing(claims, 'iat', ['issuedAt', 'issued_at', 'created']),
}
