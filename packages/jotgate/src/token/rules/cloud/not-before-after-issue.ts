import type { CloudDeployment } from '../../deployment.ts'
import { timeOf } from '../members.ts'
import type { TokenRule } from '../rule.ts'
import { durationInWords } from '../time-words.ts'

export const notBeforeAfterIssue: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-not-before-after-issue',
  effect: 'advice',
  certainty: 'inferred',
  title: 'The token is not valid at the moment at which it is made',
  hint: 'Let `nbf` lie a few seconds in the past. Qlik’s guide has `notBefore: "1s"`: a token that is used at once may be refused then.',
  source:
    'https://qlik.dev/authenticate/jwt/create-signed-tokens-for-jwt-authorization/ against https://qlik.dev/apis/rest/login/',
  explain({ claims }) {
    const iat = timeOf(claims, 'iat')
    const nbf = timeOf(claims, 'nbf')
    return iat !== undefined && nbf !== undefined && nbf > iat
      ? `\`nbf\` is ${durationInWords(nbf - iat)} after \`iat\`.`
      : undefined
  },
}
