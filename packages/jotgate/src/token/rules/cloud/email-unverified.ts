import type { CloudDeployment } from '../../deployment.ts'
import { ownValue } from '../members.ts'
import type { TokenRule } from '../rule.ts'

export const emailUnverified: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-email-unverified',
  effect: 'unknown',
  certainty: 'unknown',
  title: 'The token says that the e-mail address is not verified',
  hint: 'Have the user prove the address and then say `true`. Do not say `true` of an address that nobody has proved: it may be somebody else’s.',
  source: 'https://qlik.dev/apis/rest/login/; what `false` leads to was looked for and not found',
  explain: ({ claims }) =>
    ownValue(claims, 'email_verified') === false ? '`email_verified` is false.' : undefined,
}
