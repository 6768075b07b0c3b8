import type { CloudDeployment } from '../../deployment.ts'
import { isFromJwtAuth } from '../peers.ts'
import { explainMissing } from '../required-claim.ts'
import type { TokenRule } from '../rule.ts'

export const subjectTypeMissing: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-subject-type-missing',
  effect: 'unknown',
  certainty: 'unknown',
  title: 'The token does not say that it is for a user',
  hint: 'Write `"subType": "user"`. Qlik’s text asks for it; an example of Qlik’s own leaves it out.',
  source: 'https://qlik.dev/apis/rest/login/, against jwt_auth.py in qlik-oss/qlik-cloud-examples',
  peers: [
    {
      program: 'jwt_auth.py of qlik-oss/qlik-cloud-examples',
      mistake: 'no `subType`, and --email_verified False counts as true',
      made: isFromJwtAuth,
    },
  ],
  explain: ({ claims }) => explainMissing(claims, 'subType', ['subtype', 'sub_type', 'SubType']),
}
