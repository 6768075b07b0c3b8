import type { CloudDeployment } from '../../deployment.ts'
import { ownValue } from '../members.ts'
import type { Members, TokenRule } from '../rule.ts'

export const tokenIdReused: TokenRule<CloudDeployment> = {
  about: 'claims',
  id: 'cloud-token-id-reused',
  effect: 'refused',
  certainty: 'verified',
  title: 'A token with this ID was used before',
  hint: 'Sign a new token for every login and keep none: a page that is loaded again needs another one.',
  source: 'https://qlik.dev/apis/rest/login/: `jti` "should be unique for each consumed JWT token"',
  explain({ claims, earlier }) {
    const jti = idOf(claims)
    if (jti === undefined) return undefined
    const iss = ownValue(claims, 'iss')
    const used = earlier.some((one) => idOf(one) === jti && ownValue(one, 'iss') === iss)
    return used ? 'An earlier token of this issuer has the same `jti`.' : undefined
  },
}

/** The number 7 and the text "7" are one ID; anything else is none, and another rule says so. */
function idOf(claims: Members): string | undefined {
  const jti = ownValue(claims, 'jti')
  return typeof jti === 'string' || typeof jti === 'number' ? String(jti) : undefined
}
