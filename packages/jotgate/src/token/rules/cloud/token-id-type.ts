import type { CloudDeployment } from '../../deployment.ts'
import { describeKind, isText, ownValue } from '../members.ts'
import type { TokenRule } from '../rule.ts'

export const tokenIdType: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-token-id-type',
  effect: 'refused',
  certainty: 'inferred',
  title: 'The token’s ID is neither a text nor a whole number',
  hint: 'Put a new random text into `jti` for every token.',
  source: 'RFC 7519 section 4.1.7; Qlik Community, article 2435784 shows a number',
  explain({ claims }) {
    const jti = ownValue(claims, 'jti')
    if (jti === undefined || isText(jti) || Number.isSafeInteger(jti)) return undefined
    return typeof jti === 'number'
      ? '`jti` is a number that is not whole, or beyond 2^53 - 1.'
      : `\`jti\` is ${describeKind(jti)}.`
  },
}
