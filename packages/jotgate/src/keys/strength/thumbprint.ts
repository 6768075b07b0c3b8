import { createHash } from 'node:crypto'
import { knownKeys } from '../../token/index.ts'

/**
 * Computes the RFC 7638 thumbprint (SHA-256, base64url) of an RSA public key. Equal keys have equal
 * thumbprints, in whatever form they were stored.
 *
 * @param jwk at least `n` and `e`; other members are ignored
 * @see RFC 7638 section 3
 * @example
 * const { publicJwk } = await createKeyPair()
 * console.log(thumbprint(publicJwk))
 */
export function thumbprint(jwk: { n: string; e: string }): string {
  const canonical = JSON.stringify({ e: jwk.e, kty: 'RSA', n: jwk.n })
  return createHash('sha256').update(canonical).digest('base64url')
}

/** Where the private half of a key is published, if it is. */
export function publishedIn({ n = '', e = '' }: { n?: string; e?: string }): string | undefined {
  return knownKeys.get(thumbprint({ n, e }))
}
