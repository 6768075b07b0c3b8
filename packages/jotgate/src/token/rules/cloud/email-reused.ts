import type { CloudDeployment } from '../../deployment.ts'
import type { TokenRule } from '../rule.ts'
import { earlierWithSameEmail } from './same-email.ts'

export const emailReused: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-email-reused',
  effect: 'unknown',
  certainty: 'unknown',
  title: 'Another user has this e-mail address',
  hint: 'Give each user their own address, and each person one `sub`: the one that the interactive identity provider gives, when there is one.',
  source:
    'LOGIN-12 "Multiple active users detected with the same e-mail", Qlik Community; seen at the interactive login',
  explain: (subject) =>
    earlierWithSameEmail(subject).length > 0
      ? 'An earlier token has this address, and another `sub`.'
      : undefined,
}
