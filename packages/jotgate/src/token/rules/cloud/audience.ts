import { cloudAudience } from '../../claims.ts'
import type { CloudDeployment } from '../../deployment.ts'
import { describeDifference, ownValue } from '../members.ts'
import type { TokenRule } from '../rule.ts'

export const audience: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-audience',
  effect: 'refused',
  certainty: 'verified',
  title: 'The audience is not Qlik Cloud’s login',
  hint: 'Write `"aud": "qlik.api/login/jwt-session"`: the same for every tenant, without https://.',
  source: 'https://qlik.dev/apis/rest/login/',
  explain({ claims, deployment }) {
    const aud = ownValue(claims, 'aud')
    const all: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
    if (all.length > 0 && all.every((one) => one === cloudAudience)) return undefined
    if (aud === undefined) return 'The payload has no `aud`.'
    if (all.includes(cloudAudience)) return '`aud` names others beside it, who could use the token.'
    if (typeof aud === 'string' && aud.startsWith(deployment.url))
      return '`aud` is the tenant’s address.'
    return `\`aud\` is wrong: ${describeDifference(aud, cloudAudience)}.`
  },
}
