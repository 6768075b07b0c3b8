import { isRsaAlgorithm, verifyRsaSignature } from '../../jwt/rsa-signature.ts'
import { refuse } from './refusals.ts'
import { claimOf, hasClaim, type Rule } from './rule.ts'

/** RFC 7518 §3.1: exactly this spelling. Which others Qlik takes beside RS256 is a switch. */
const algorithm: Rule = {
  name: 'algorithm',
  check({ header }, { switches }) {
    if (header.alg === 'RS256') return undefined
    if (switches.algorithms === 'RSA' && isRsaAlgorithm(header.alg)) return undefined
    return refuse(
      'algorithm',
      typeof header.alg === 'string' ? header.alg.slice(0, 32) : 'not a string',
      isRsaAlgorithm(header.alg) ? 'algorithms' : undefined,
    )
  },
}

/**
 * Members that would change how the token is read: critical extensions (RFC 7515 §4.1.11), unencoded
 * payload (RFC 7797), compression, a nested token, another kind of token (RFC 8725 §3.11). Embedded
 * keys (`jwk`, `jku`, `x5c`) are harmless: nothing here ever reads them.
 */
const header: Rule = {
  name: 'header',
  check(draft) {
    for (const member of ['crit', 'b64', 'zip', 'cty'])
      if (Object.hasOwn(draft.header, member)) return refuse('header', member)
    const { typ } = draft.header
    if (typ === undefined || (typeof typ === 'string' && typ.toUpperCase() === 'JWT'))
      return undefined
    return refuse('header', 'typ')
  },
}

const keyId: Rule = {
  name: 'key-id',
  check({ header: { kid } }) {
    return typeof kid === 'string' && kid !== '' ? undefined : refuse('key-id')
  },
}

/** The identity provider is the one with this issuer and this key ID, by exact match. */
const issuer: Rule = {
  name: 'issuer',
  check(draft, { identityProviders }) {
    if (!hasClaim(draft, 'iss')) return refuse('missing-claim', 'iss')
    const ofIssuer = identityProviders.filter((one) => one.issuer === claimOf(draft, 'iss'))
    if (ofIssuer.length === 0) return refuse('unknown-issuer')
    const identityProvider = ofIssuer.find((one) => one.keyId === draft.header.kid)
    return identityProvider === undefined ? refuse('unknown-key-id') : { identityProvider }
  },
}

const certificate: Rule = {
  name: 'certificate',
  check({ identityProvider }, { switches, nowMs }) {
    const dates = identityProvider?.certificateDates
    if (switches.certificateDates === 'ignored' || dates === undefined) return undefined
    return nowMs >= dates.from && nowMs <= dates.to
      ? undefined
      : refuse('certificate', '', 'certificateDates')
  },
}

/** The algorithm was allowed by its rule; the key is the registered RSA key, whatever the header says. */
const signature: Rule = {
  name: 'signature',
  check(draft) {
    const key = draft.identityProvider?.publicKey
    const { header, signedText, signature: bytes } = draft
    const token = { alg: header.alg, signedText, signature: bytes }
    const isRight = key !== undefined && verifyRsaSignature(token, key)
    return isRight ? undefined : refuse('signature')
  },
}

/** Whether the token comes from the issuer that it names. */
export const trustRules: readonly Rule[] = [
  algorithm,
  header,
  keyId,
  issuer,
  certificate,
  signature,
]
