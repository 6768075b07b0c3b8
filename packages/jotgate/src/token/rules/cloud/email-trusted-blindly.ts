import type { CloudDeployment } from '../../deployment.ts'
import { ownValue } from '../members.ts'
import { isFromJwtProxy } from '../peers.ts'
import type { TokenRule } from '../rule.ts'

export const emailTrustedBlindly: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-email-trusted-blindly',
  effect: 'advice',
  certainty: 'verified',
  title: 'The token says that the e-mail address is verified, and its maker did not look',
  hint: 'Pass on the `email_verified` of the identity provider’s ID token, and verify that token first.',
  source:
    'ahervy/qlikcloud-jwt-proxy, index.js: `email_verified: true`, and the ID token is decoded only',
  peers: [
    {
      program: 'qlikcloud-jwt-proxy (goldbergjeffrey, ahervy)',
      mistake: '`email_verified: true` for everybody',
      made: isFromJwtProxy,
    },
  ],
  explain: (subject) =>
    ownValue(subject.claims, 'email_verified') === true && isFromJwtProxy(subject)
      ? '`sub` has the form that this proxy gives it.'
      : undefined,
}
