import type { CloudDeployment } from '../../deployment.ts'
import { isFromQsJwtCloud } from '../peers.ts'
import { explainNoText } from '../required-claim.ts'
import type { TokenRule } from '../rule.ts'

export const emailMissing: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-email-missing',
  effect: 'refused',
  certainty: 'verified',
  title: 'The token does not say the user’s e-mail address',
  hint: 'Put the address into `email`. It has to be the user’s own: another user’s address may be refused.',
  source: 'https://qlik.dev/apis/rest/login/',
  peers: [
    {
      program: 'qs-jwt create-qscloud (from 1.14.0)',
      mistake: '`email` only when --useremail is given',
      made: isFromQsJwtCloud,
    },
  ],
  explain: ({ claims }) =>
    explainNoText(claims, 'email', ['mail', 'Email', 'emailAddress', 'email_address', 'upn']),
}
