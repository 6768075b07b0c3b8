import type { CloudDeployment } from '../../deployment.ts'
import { ownValue } from '../members.ts'
import type { TokenRule } from '../rule.ts'

export const subjectType: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-subject-type',
  effect: 'refused',
  certainty: 'verified',
  title: 'The token is for something other than a user',
  hint: 'Write `"subType": "user"`, in small letters: "user is the only applicable value".',
  source: 'https://qlik.dev/authenticate/jwt/create-signed-tokens-for-jwt-authorization/',
  explain({ claims }) {
    const subType = ownValue(claims, 'subType')
    return subType === undefined || subType === 'user' ? undefined : '`subType` is not user.'
  },
}
