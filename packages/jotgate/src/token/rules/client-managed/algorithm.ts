import { ownMember } from '../../../values/index.ts'
import type { ClientManagedDeployment } from '../../client-managed.ts'
import type { TokenRule } from '../rule.ts'

const families: Readonly<Record<string, string>> = {
  HS: 'a shared secret (HMAC)',
  ES: 'an elliptic curve (ECDSA)',
  PS: 'RSA with PSS padding',
  ED: 'an Edwards curve',
}

const isRs = (alg: string) => /^RS(256|384|512)$/.test(alg)

/** What a token for client-managed Qlik is signed with. */
export const algorithmRules: readonly TokenRule<ClientManagedDeployment>[] = [
  {
    about: 'header',
    id: 'client-managed-algorithm',
    effect: 'refused',
    certainty: 'verified',
    title: 'The token is not signed with RS256, RS384 or RS512',
    hint: 'Sign with one of these three and an RSA key. Libraries use HS256 when no algorithm is named.',
    source:
      'help.qlik.com, "JWT authentication": "Only the following signing algorithms are supported"',
    explain({ header }) {
      const alg = ownMember(header, 'alg')
      if (alg === undefined) return 'The header has no `alg`.'
      if (typeof alg !== 'string') return '`alg` is not a string.'
      if (isRs(alg)) return undefined
      if (alg.trim().toLowerCase() === 'none') return '`alg` is none: the token is not signed.'
      const family = /^(HS|ES|PS)\d|^(ED)/i.exec(alg)?.[0].slice(0, 2).toUpperCase()
      const words = family === undefined ? undefined : families[family]
      return words === undefined ? '`alg` is not exactly one of the three.' : `It uses ${words}.`
    },
  },
  {
    about: 'header',
    id: 'client-managed-algorithm-not-configured',
    effect: 'unknown',
    certainty: 'unknown',
    title: 'The token’s algorithm is not one of the deployment’s',
    hint: 'Sign with one of the deployment’s `algorithms`, or add this one there. The virtual proxy itself may accept it.',
    source: 'RFC 8725 section 3.1: the algorithm comes from configuration',
    explain({ header, deployment }) {
      const alg = ownMember(header, 'alg')
      return typeof alg === 'string' &&
        isRs(alg) &&
        !deployment.algorithms.some((one) => one === alg)
        ? `\`alg\` is ${alg}; the deployment has ${deployment.algorithms.join(', ')}.`
        : undefined
    },
  },
]
