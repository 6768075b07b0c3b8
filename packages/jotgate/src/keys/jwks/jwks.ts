import { type RsaPublicJwk, type SigningKey, sharesPrime } from '../../token/index.ts'
import { readWholeNumber, valueOrThrow } from '../../values/index.ts'
import { keyErrors } from '../errors.ts'
import { modulusOf } from '../strength/strength.ts'
import { parseJwk } from './jwk.ts'

/** A key set to publish (RFC 7517 section 5). */
export interface Jwks {
  readonly keys: readonly RsaPublicJwk[]
}

/**
 * Makes the key set to publish from signing keys or public JWKs. Only the public members are copied, one by one.
 *
 * @param keys up to 100, each with its own key ID
 * @throws ERR_KEY_JWKS when two have the same key ID or share a prime, and what `toPublicJwk` throws
 * @see RFC 7517 sections 5 and 8.5
 * @example
 * const keyPair = await createKeyPair({ kid: 'acme-1' })
 * const text = JSON.stringify(toJwks([keyPair.publicJwk]))
 */
export function toJwks(keys: readonly (SigningKey | RsaPublicJwk)[]): Jwks {
  const refuse = (problem: string) => keyErrors.ERR_KEY_JWKS({ source: 'these keys', problem })
  if (!Array.isArray(keys)) throw new TypeError('The keys must be an array')
  if (keys.length > 100) throw refuse(`has ${keys.length} keys; at most 100 are read`)
  const published = (keys as (SigningKey | RsaPublicJwk)[]).map((key, index) => {
    const { kty, n, e, kid, alg, use } = 'publicJwk' in key ? key.publicJwk : key
    return parseJwk({ kty, n, e, kid, alg, use }, `Key ${index + 1}`, {})
  })
  const kids = new Set(published.map(({ kid }) => kid))
  if (kids.size < published.length) throw refuse('has two keys with the same key ID')
  const moduli = published.map(modulusOf)
  if (moduli.some((one, at) => moduli.slice(at + 1).some((other) => sharesPrime(one, other))))
    throw refuse('has two keys that share a prime, so anyone can compute both private keys')
  return Object.freeze({ keys: Object.freeze(published) })
}

/**
 * The response headers for a key set.
 *
 * @param options.maxAgeSeconds how long clients may cache it, 0 to 86400. Default 300. Publish a new key for at
 * least that long, plus the clients' cool-down, before it signs
 * @throws ERR_KEY_OPTION
 * @see RFC 7517 section 8.5.1 for the media type
 * @example
 * const { publicJwk } = await createKeyPair({ kid: 'acme-1' })
 * const answer = new Response(JSON.stringify(toJwks([publicJwk])), { headers: jwksHeaders() })
 */
export function jwksHeaders(options: { maxAgeSeconds?: number } = {}): Record<string, string> {
  const bounds = { min: 0, max: 86_400, fallback: 300 }
  const maxAgeSeconds = valueOrThrow(
    readWholeNumber('maxAgeSeconds', options.maxAgeSeconds, bounds),
    keyErrors.ERR_KEY_OPTION,
  )
  return {
    'content-type': 'application/jwk-set+json',
    'cache-control': `public, max-age=${maxAgeSeconds}`,
    'x-content-type-options': 'nosniff',
  }
}
