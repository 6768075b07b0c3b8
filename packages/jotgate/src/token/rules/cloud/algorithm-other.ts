import type { CloudDeployment } from '../../deployment.ts'
import { ownValue } from '../members.ts'
import type { TokenRule } from '../rule.ts'

const known = /^(RS384|RS512|PS256|PS384|PS512|ES256|ES384|ES512|ES256K|EdDSA|Ed25519)$/

export const algorithmOther: TokenRule<CloudDeployment> = {
  about: 'header',
  id: 'cloud-algorithm-other',
  effect: 'unknown',
  certainty: 'unknown',
  title: 'The token is signed with an algorithm that Qlik’s guides do not name',
  hint: 'Sign with RS256, which every guide of Qlik’s names.',
  source:
    'https://qlik.dev/authenticate/jwt/create-signed-tokens-for-jwt-authorization/ says RS256; https://qlik.dev/apis/rest/login/ only excludes HS',
  explain({ header }) {
    const alg = ownValue(header, 'alg')
    if (typeof alg !== 'string' || alg === 'RS256') return undefined
    const name = alg.trim()
    if (/^HS\d+$/i.test(name) || name.toLowerCase() === 'none' || name === '') return undefined
    return known.test(alg) ? `\`alg\` is ${alg}.` : '`alg` is not RS256, letter for letter.'
  },
}
