import type { CloudDeployment } from '../../deployment.ts'
import { isFromQsJwtCloud } from '../peers.ts'
import { explainNoText } from '../required-claim.ts'
import type { TokenRule } from '../rule.ts'

export const nameMissing: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-name-missing',
  effect: 'refused',
  certainty: 'verified',
  title: 'The token does not say the user’s name',
  hint: 'Put the name that Qlik shall show into `name`.',
  source: 'https://qlik.dev/apis/rest/login/',
  peers: [
    {
      program: 'qs-jwt create-qscloud (from 1.14.0)',
      mistake: '`name` only when --username is given',
      made: isFromQsJwtCloud,
    },
  ],
  explain: ({ claims }) =>
    explainNoText(claims, 'name', ['preferred_username', 'username', 'displayName', 'given_name']),
}
