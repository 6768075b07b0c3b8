import { toBase64url } from '../base64url.ts'
import { weaknessOf } from '../strength/weakness-of.ts'
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
    // Loading jose takes longer than all other rules together, and most tokens come without a key.
    const { calculateJwkThumbprint } = await import('jose')
    return weaknessOf(numbers.n, await calculateJwkThumbprint({ kty: 'RSA', n, e }))
  })
}
