import type { CloudDeployment } from '../../deployment.ts'
import { ownValue } from '../members.ts'
import type { TokenRule } from '../rule.ts'

export const algorithmHmac: TokenRule<CloudDeployment> = {
  about: 'header',
  id: 'cloud-algorithm-hmac',
  effect: 'refused',
  certainty: 'verified',
  title: 'The token is signed with a shared secret (HS256, HS384 or HS512)',
  hint: 'Sign with RS256 and a private key. Libraries take HS256 when no algorithm is named.',
  source: 'https://qlik.dev/apis/rest/login/: "an algorithm other than HS"',
  explain({ header }) {
    const alg = ownValue(header, 'alg')
    return typeof alg === 'string' && /^HS\d+$/i.test(alg.trim())
      ? '`alg` begins with HS.'
      : undefined
  },
}
