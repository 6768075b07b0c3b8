import { ownMember } from '../../../values/index.ts'
import type { CloudDeployment } from '../../deployment.ts'
import type { TokenRule } from '../rule.ts'

const known = /^(RS384|RS512|PS256|PS384|PS512|ES256|ES384|ES512|ES256K|EdDSA|Ed25519)$/
const isHmac = (alg: string) => /^HS\d+$/i.test(alg.trim())
const isNone = (alg: string) => alg.trim().toLowerCase() === 'none'

/** What a token for Qlik Cloud is signed with. */
export const algorithmRules: readonly TokenRule<CloudDeployment>[] = [
  {
    about: 'header',
    id: 'cloud-algorithm-hmac',
    effect: 'refused',
    certainty: 'verified',
    title: 'The token is signed with a shared secret (HS256, HS384 or HS512)',
    hint: 'Sign with RS256 and a private key. Libraries use HS256 when no algorithm is named.',
    source: 'https://qlik.dev/apis/rest/login/: "an algorithm other than HS"',
    explain({ header }) {
      const alg = ownMember(header, 'alg')
      return typeof alg === 'string' && isHmac(alg) ? '`alg` begins with HS.' : undefined
    },
  },
  {
    about: 'header',
    id: 'cloud-algorithm-none',
    effect: 'refused',
    certainty: 'inferred',
    title: 'The token is not signed',
    hint: 'Sign with RS256 and the private key whose certificate the tenant has.',
    source: 'https://qlik.dev/apis/rest/login/: "securely signed"; RFC 8725 section 3.2',
    explain({ header }) {
      const alg = ownMember(header, 'alg')
      if (alg === undefined) return 'The header has no `alg`.'
      if (typeof alg !== 'string') return '`alg` is not a string.'
      if (alg.trim() === '') return '`alg` is empty.'
      return isNone(alg) ? '`alg` is none.' : undefined
    },
  },
  {
    about: 'header',
    id: 'cloud-algorithm-other',
    effect: 'unknown',
    certainty: 'unknown',
    title: 'The token is signed with an algorithm that Qlik’s guides do not name',
    hint: 'Sign with RS256, which every guide of Qlik names.',
    source:
      'https://qlik.dev/authenticate/jwt/create-signed-tokens-for-jwt-authorization/ says RS256; https://qlik.dev/apis/rest/login/ only excludes HS',
    explain({ header }) {
      const alg = ownMember(header, 'alg')
      if (typeof alg !== 'string' || alg === 'RS256') return undefined
      if (isHmac(alg) || isNone(alg) || alg.trim() === '') return undefined
      return known.test(alg) ? `\`alg\` is ${alg}.` : '`alg` is not exactly RS256.'
    },
  },
]
