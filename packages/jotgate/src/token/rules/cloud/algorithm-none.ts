import type { CloudDeployment } from '../../deployment.ts'
import { ownValue } from '../members.ts'
import type { TokenRule } from '../rule.ts'

export const algorithmNone: TokenRule<CloudDeployment> = {
  about: 'header',
  id: 'cloud-algorithm-none',
  effect: 'refused',
  certainty: 'inferred',
  title: 'The token is not signed',
  hint: 'Sign with RS256 and the private key whose certificate the tenant has.',
  source: 'https://qlik.dev/apis/rest/login/: "securely signed"; RFC 8725 section 3.2',
  explain({ header }) {
    const alg = ownValue(header, 'alg')
    if (alg === undefined) return 'The header has no `alg`.'
    if (typeof alg !== 'string') return '`alg` is no text.'
    if (alg.trim() === '') return '`alg` is empty.'
    return alg.trim().toLowerCase() === 'none' ? '`alg` is none.' : undefined
  },
}
