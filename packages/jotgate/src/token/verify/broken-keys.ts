import { toBase64url } from '../base64url.ts'
import { knownKeys } from '../strength/known-keys.ts'
import { modulusWeakness, modulusWeaknesses } from '../strength/weak-modulus.ts'
import { keepRecent } from './recent-results.ts'
import type { RsaNumbers } from './rsa-key.ts'

const recent = keepRecent<string | undefined>()

/**
 * Says why anyone could sign with a key; undefined when nothing is known. A signature that verifies with
 * such a key proves nothing. The same rules refuse a key that is to sign (keys/strength).
 *
 * Takes 25 ms for a new key of 2048 bits and 60 ms for one of 4096, and nothing for one of the last 32.
 *
 * @param numbers of a key that `rsaKeyProblem` accepts, which bounds what this costs
 * @returns what is wrong, to read after "The key …"
 */
export function brokenKeyProblem(numbers: RsaNumbers): Promise<string | undefined> {
  const { n, e } = { n: toBase64url(numbers.n), e: toBase64url(numbers.e) }
  return recent(`${e} ${n}`, async () => {
    // RFC 7638: the members in alphabetical order, without white space.
    const members = new TextEncoder().encode(JSON.stringify({ e, kty: 'RSA', n }))
    const digest = await crypto.subtle.digest('SHA-256', members)
    const origin = knownKeys.get(toBase64url(new Uint8Array(digest)))
    if (origin !== undefined) return `is public, and so is its private half: ${origin}`
    const weakness = modulusWeakness(numbers.n)
    return weakness === undefined ? undefined : `is weak: ${modulusWeaknesses[weakness]}`
  })
}
