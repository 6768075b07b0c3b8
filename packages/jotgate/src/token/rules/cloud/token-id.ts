import { kindOf, ownMember } from '../../../values/index.ts'
import type { CloudDeployment } from '../../deployment.ts'
import { explainMissing, isFilled } from '../members.ts'
import type { Members, TokenRule } from '../rule.ts'

/** The number 7 and the string "7" are one ID; anything else is none, and another rule says so. */
function idOf(claims: Members): string | undefined {
  const jti = ownMember(claims, 'jti')
  return typeof jti === 'string' || typeof jti === 'number' ? String(jti) : undefined
}

/** The token's own ID, by which it can be used once. */
export const tokenIdRules: readonly TokenRule<CloudDeployment>[] = [
  {
    about: 'claims',
    id: 'cloud-token-id-missing',
    effect: 'refused',
    certainty: 'verified',
    title: 'The token has no ID of its own',
    hint: 'Put a new random string into `jti` for every token. Programs from before July 2022 lack it.',
    source:
      'https://qlik.dev/apis/rest/login/; Qlik Community, thread 1934496 (enforced from 19 July 2022)',
    explain: ({ claims }) =>
      explainMissing(claims, 'jti', ['id', 'jwtid', 'tokenId', 'nonce', 'uid']),
  },
  {
    about: 'claims',
    id: 'cloud-token-id-type',
    effect: 'refused',
    certainty: 'inferred',
    title: 'The token’s ID is neither a string nor a whole number',
    hint: 'Put a new random string into `jti` for every token.',
    source: 'RFC 7519 section 4.1.7; Qlik Community, article 2435784 shows a number',
    explain({ claims }) {
      const jti = ownMember(claims, 'jti')
      if (jti === undefined || isFilled(jti) || Number.isSafeInteger(jti)) return undefined
      return typeof jti === 'number'
        ? '`jti` is a number that is not whole, or beyond 2^53 - 1.'
        : `\`jti\` is ${kindOf(jti)}.`
    },
  },
  {
    about: 'claims',
    id: 'cloud-token-id-number',
    effect: 'advice',
    certainty: 'inferred',
    title: 'The token’s ID is a number',
    hint: 'Put a random string into `jti`: a counter or a time is the same for two logins sooner or later.',
    source: 'RFC 7519 section 4.1.7; Qlik Community, article 2435784 shows a number',
    explain: ({ claims }) =>
      Number.isSafeInteger(ownMember(claims, 'jti')) ? '`jti` is a whole number.' : undefined,
  },
  {
    about: 'claims',
    id: 'cloud-token-id-short',
    effect: 'advice',
    certainty: 'inferred',
    title: 'The token’s ID is too short to be unique by chance',
    hint: 'Use 16 random bytes or more: 22 characters of base64url, 32 of hexadecimal.',
    source:
      'https://qlik.dev/apis/rest/login/: "unique for each consumed JWT token"; its guides use 32 bytes',
    explain({ claims }) {
      const jti = ownMember(claims, 'jti')
      return isFilled(jti) && jti.length < 22 ? `\`jti\` has ${jti.length} characters.` : undefined
    },
  },
  {
    about: 'claims',
    id: 'cloud-token-id-reused',
    effect: 'refused',
    certainty: 'verified',
    title: 'A token with this ID was used before',
    hint: 'Sign a new token for every login and keep none: a page that is loaded again needs another one.',
    source:
      'https://qlik.dev/apis/rest/login/: `jti` "should be unique for each consumed JWT token"',
    explain({ claims, earlier }) {
      const jti = idOf(claims)
      if (jti === undefined) return undefined
      const iss = ownMember(claims, 'iss')
      const used = earlier.some((one) => idOf(one) === jti && ownMember(one, 'iss') === iss)
      return used ? 'An earlier token of this issuer has the same `jti`.' : undefined
    },
  },
]
