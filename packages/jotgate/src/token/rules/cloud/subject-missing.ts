import type { CloudDeployment } from '../../deployment.ts'
import { explainNoText } from '../required-claim.ts'
import type { TokenRule } from '../rule.ts'

export const subjectMissing: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-subject-missing',
  effect: 'refused',
  certainty: 'verified',
  title: 'The token does not say who the user is',
  hint: 'Put the user’s ID into `sub`: a text, the same at every login, for instance the ID that your own database has.',
  source: 'https://qlik.dev/apis/rest/login/',
  explain: ({ claims }) =>
    explainNoText(claims, 'sub', ['subject', 'user', 'userId', 'userid', 'user_id', 'uid', 'oid']),
}
