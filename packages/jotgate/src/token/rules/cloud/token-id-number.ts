import type { CloudDeployment } from '../../deployment.ts'
import { ownValue } from '../members.ts'
import type { TokenRule } from '../rule.ts'

export const tokenIdNumber: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-token-id-number',
  effect: 'advice',
  certainty: 'inferred',
  title: 'The token’s ID is a number',
  hint: 'Put a random text into `jti`: a counter or a time is the same for two logins sooner or later.',
  source: 'RFC 7519 section 4.1.7; Qlik Community, article 2435784 shows a number',
  explain: ({ claims }) =>
    Number.isSafeInteger(ownValue(claims, 'jti')) ? '`jti` is a whole number.' : undefined,
}
