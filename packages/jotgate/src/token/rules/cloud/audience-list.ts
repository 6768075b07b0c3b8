import { cloudAudience } from '../../claims.ts'
import type { CloudDeployment } from '../../deployment.ts'
import { ownValue } from '../members.ts'
import type { TokenRule } from '../rule.ts'

export const audienceList: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-audience-list',
  effect: 'advice',
  certainty: 'inferred',
  title: 'The audience is a list',
  hint: 'Write `aud` as a text, as every example of Qlik’s has it. JWT allows a list, but no source shows that Qlik takes one.',
  source: 'RFC 7519 section 4.1.3; https://qlik.dev/apis/rest/login/',
  explain({ claims }) {
    const aud = ownValue(claims, 'aud')
    return Array.isArray(aud) && aud.length > 0 && aud.every((one) => one === cloudAudience)
      ? '`aud` is a list with the right audience alone.'
      : undefined
  },
}
