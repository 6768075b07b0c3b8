import { algorithms, type SigningAlgorithm } from '../../values/index.ts'
import { toBase64url } from '../base64url.ts'
import { keepRecent } from './recent-results.ts'
import type { RsaNumbers } from './rsa-key.ts'

/** RSASSA-PKCS1-v1_5 alone (RFC 8017 section 8.2). */
export const rsaScheme = 'RSASSA-PKCS1-v1_5'

/** By what the runtime gives: the types of browsers and of Node differ in the name. */
type ImportedKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

/**
 * By algorithm and numbers, not by the object that they came in: a key set whose keys were replaced must
 * not go on verifying with the old ones.
 */
const recent = keepRecent<ImportedKey>()

/** Imports a public key, once: importing costs as much as verifying. */
export function importPublicKey(
  algorithm: SigningAlgorithm,
  numbers: RsaNumbers,
): Promise<ImportedKey> {
  const jwk = { kty: 'RSA', n: toBase64url(numbers.n), e: toBase64url(numbers.e) }
  const parameters = { name: rsaScheme, hash: algorithms[algorithm].hash }
  return recent(`${algorithm} ${jwk.e} ${jwk.n}`, () =>
    crypto.subtle.importKey('jwk', jwk, parameters, false, ['verify']),
  )
}
