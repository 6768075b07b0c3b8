import type { ClientManagedDeployment } from '../../client-managed.ts'
import { ownValue } from '../members.ts'
import type { TokenRule } from '../rule.ts'

const families: Readonly<Record<string, string>> = {
  HS: 'a shared secret (HMAC)',
  ES: 'an elliptic curve (ECDSA)',
  PS: 'RSA with PSS padding',
  ED: 'an Edwards curve',
}

export const algorithm: TokenRule<ClientManagedDeployment> = {
  about: 'header',
  id: 'client-managed-algorithm',
  effect: 'refused',
  certainty: 'verified',
  title: 'The token is not signed with RS256, RS384 or RS512',
  hint: 'Sign with one of these three and an RSA key. Libraries take HS256 when no algorithm is named.',
  source:
    'help.qlik.com, "JWT authentication": "Only the following signing algorithms are supported"',
  explain({ header }) {
    const alg = ownValue(header, 'alg')
    if (alg === undefined) return 'The header has no `alg`.'
    if (typeof alg !== 'string') return '`alg` is no text.'
    if (/^RS(256|384|512)$/.test(alg)) return undefined
    if (alg.trim().toLowerCase() === 'none') return '`alg` is none: the token is not signed.'
    const family = /^(HS|ES|PS)\d|^(ED)/i.exec(alg)?.[0].slice(0, 2).toUpperCase()
    const words = family === undefined ? undefined : families[family]
    return words === undefined
      ? '`alg` is none of the three, letter for letter.'
      : `It uses ${words}.`
  },
}
