import { toBase64url } from '../base64url.ts'
import type { SigningAlgorithm } from '../signing-key.ts'
import type { RsaNumbers } from './rsa-key.ts'

/** RSASSA-PKCS1-v1_5 alone (RFC 8017 section 8.2). */
export const rsaScheme = 'RSASSA-PKCS1-v1_5'

const hashes: Readonly<Record<SigningAlgorithm, string>> = {
  RS256: 'SHA-256',
  RS384: 'SHA-384',
  RS512: 'SHA-512',
}

/** By what the runtime gives: the types of browsers and of Node differ in the name. */
type ImportedKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

/** More than the keys of a set that is rotated, and a few kilobytes. */
const maxKept = 32

/**
 * Public keys that Web Crypto has imported before, the one that was used last at the end. By algorithm
 * and numbers, not by the object that they came in: a key set whose keys were replaced must not go on
 * verifying with the old ones.
 */
const kept = new Map<string, Promise<ImportedKey>>()

/** Imports a public key, once: importing costs as much as verifying. */
export function importPublicKey(
  algorithm: SigningAlgorithm,
  numbers: RsaNumbers,
): Promise<ImportedKey> {
  const jwk = { kty: 'RSA', n: toBase64url(numbers.n), e: toBase64url(numbers.e) }
  const name = `${algorithm} ${jwk.e} ${jwk.n}`
  const found = kept.get(name)
  kept.delete(name)
  const parameters = { name: rsaScheme, hash: hashes[algorithm] }
  const key = found ?? crypto.subtle.importKey('jwk', jwk, parameters, false, ['verify'])
  kept.set(name, key)
  if (found === undefined) key.catch(() => kept.delete(name))
  const [oldest] = kept.keys()
  if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest)
  return key
}
