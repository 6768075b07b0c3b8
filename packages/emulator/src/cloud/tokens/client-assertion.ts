import { createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto'
import { isObject } from '../../http/read-body.ts'
import { verifyRsaSignature } from '../../jwt/rsa-signature.ts'
import { readTokenForm } from '../../jwt/token-form.ts'
import type { OAuthClient } from '../state/token-store.ts'

/** RFC 7523 section 2.2. */
export const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** How long an assertion may live is not documented; an hour bounds what is remembered of used ones. */
const longestSeconds = 3600
/** For clocks that differ a little. */
const toleranceSeconds = 5

/** What is wrong with a public key of a client; undefined when it is right: RSA of 2048 bits, or P-384. */
export function findPublicKeyFlaw(jwk: unknown): string | undefined {
  const key = isObject(jwk) ? toKey(jwk) : undefined
  if (key === undefined || (isObject(jwk) && 'd' in jwk))
    return 'publicKeys must be an array of public keys as JWK'
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {}
  if (key.asymmetricKeyType === 'rsa')
    return modulusLength >= 2048 ? undefined : 'publicKeys: an RSA key has 2048 bits at least'
  return namedCurve === 'secp384r1' ? undefined : 'publicKeys: RSA keys, or P-384 for ES384'
}

function toKey(jwk: object): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })
  } catch {
    return undefined
  }
}

function isSignedBy(key: KeyObject, alg: unknown, signedText: string, signature: Buffer): boolean {
  if (alg === 'ES384')
    return (
      key.asymmetricKeyType === 'ec' &&
      verify('sha384', Buffer.from(signedText), { key, dsaEncoding: 'ieee-p1363' }, signature)
    )
  if (alg !== 'RS256' && alg !== 'RS512') return false
  return key.asymmetricKeyType === 'rsa' && verifyRsaSignature({ alg, signedText, signature }, key)
}

/**
 * What is wrong with an assertion by which a client proves itself (private_key_jwt); undefined when it is right, which
 * uses it up.
 *
 * @param options.audience the address of the token endpoint, without a slash at the end
 */
export function findAssertionFlaw(options: {
  client: OAuthClient
  assertion: unknown
  audience: string
  nowMs: number
}): string | undefined {
  const { client, assertion, audience, nowMs } = options
  if (!client.allowedAuthMethods.includes('private_key_jwt'))
    return 'The client does not allow private_key_jwt'
  const token = readTokenForm(typeof assertion === 'string' ? assertion : '')
  if ('flaw' in token) return `client_assertion: ${token.flaw}`
  const { header, claims, signedText, signature } = token
  const known = client.publicKeys.filter(
    ({ kid }) => header.kid === undefined || kid === header.kid,
  )
  const isSigned = known.some((jwk) => {
    const key = toKey(jwk)
    return key !== undefined && isSignedBy(key, header.alg, signedText, signature)
  })
  if (!isSigned)
    return 'client_assertion is not signed by a key of the client: RS256, RS512 or ES384'
  const { iss, sub, aud, jti, exp } = claims
  if (iss !== client.clientId || sub !== client.clientId) return 'iss and sub must be the client ID'
  if (aud !== audience) return `aud must be ${audience}`
  const now = Math.floor(nowMs / 1000)
  if (typeof exp !== 'number' || exp + toleranceSeconds <= now)
    return 'client_assertion has expired'
  if (exp > now + longestSeconds + toleranceSeconds)
    return 'client_assertion lives longer than an hour'
  if (typeof jti !== 'string' || jti === '') return 'jti is required'
  const used = client.usedAssertions
  for (const [id, until] of used) if (until + toleranceSeconds <= now) used.delete(id)
  if (used.has(jti)) return 'client_assertion was used before'
  used.set(jti, exp)
  return undefined
}
