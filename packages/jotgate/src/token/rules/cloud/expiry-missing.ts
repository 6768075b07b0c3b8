import type { CloudDeployment } from '../../deployment.ts'
import { explainMissing } from '../required-claim.ts'
import type { TokenRule } from '../rule.ts'

export const expiryMissing: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-expiry-missing',
  effect: 'refused',
  certainty: 'verified',
  title: 'The token does not say when it ends',
  hint: 'Put a time about a minute ahead into `exp`; at most an hour after `nbf`.',
  source: 'https://qlik.dev/apis/rest/login/',
  explain: ({ claims }) => explainMissing(claims, 'exp', ['expires', 'expiresIn', 'expiry']),
}
