import type { CloudDeployment } from '../../deployment.ts'
import type { TokenRule } from '../rule.ts'
import { earlierWithSameEmail } from './same-email.ts'

export const subjectChanges: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-subject-changes',
  effect: 'advice',
  certainty: 'verified',
  title: 'The same person had another ID before',
  hint: 'Keep `sub` for ever: each new one is a new user for Qlik, without what the old one had, and with a licence of its own.',
  source: 'Qlik Community, article 2029668 and thread 2536817',
  explain: (subject) =>
    earlierWithSameEmail(subject).some(({ sameName }) => sameName)
      ? 'An earlier token has this name and address, and another `sub`.'
      : undefined,
}
