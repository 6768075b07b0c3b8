import type { CloudDeployment } from '../../deployment.ts'
import { isFromQsJwtCloud } from '../peers.ts'
import { explainMissing } from '../required-claim.ts'
import type { TokenRule } from '../rule.ts'

export const emailVerifiedMissing: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-email-verified-missing',
  effect: 'refused',
  certainty: 'verified',
  title: 'The token does not say whether the e-mail address is verified',
  hint: 'Write `"email_verified": true` when you have proved that the address is this user’s.',
  source: 'https://qlik.dev/apis/rest/login/',
  peers: [
    {
      program: 'qs-jwt create-qscloud (from 1.14.0)',
      mistake: '`email_verified` only when --useremail is given',
      made: isFromQsJwtCloud,
    },
  ],
  explain: ({ claims }) =>
    explainMissing(claims, 'email_verified', ['emailVerified', 'email-verified', 'verified_email']),
}
