import { ownMember, type SigningAlgorithm } from '../../values/index.ts'
import type { TokenText } from '../token-text.ts'
import { brokenKeyProblem } from './broken-keys.ts'
import { importPublicKey, rsaScheme } from './imported-keys.ts'
import { type FoundKey, isKeyFound } from './public-key.ts'
import { type RsaNumbers, rsaKeyProblem } from './rsa-key.ts'
import type { Trust } from './trust.ts'

/** What is known of a token's signature. */
export type SignatureVerdict =
  | { readonly verdict: 'valid' }
  /** The signature is not one of this key for this token. */
  | { readonly verdict: 'invalid' }
  | {
      readonly verdict: 'not-checked'
      /**
       * `no-key`: none was given. `key-id`: the given keys have IDs, and none is the header's. `algorithm`:
       * not one that is verified. `form`: the token cannot be read in one way only.
       */
      readonly reason: 'no-key' | 'key-id' | 'algorithm' | 'form'
    }
  | {
      readonly verdict: 'not-checked'
      /** The given key is weak, or bound to another use. */
      readonly reason: 'unfit-key'
      /** To be read after "The key …". */
      readonly problem: string
    }

/**
 * Verifies a signature strictly: the text is in its one canonical form, the algorithm is one of those given, the key from the caller alone (`jwk`, `jku`, `x5c` and `x5u` of the token
 * are never looked at), no extension that would change how the token is read.
 *
 * @param algorithms from configuration, never from the token
 */
export async function verifySignature(
  text: TokenText,
  trust: Trust,
  algorithms: readonly SigningAlgorithm[],
): Promise<SignatureVerdict> {
  const { header, signature, signedText } = text
  if (trust.kind === 'none') return notChecked('no-key')
  if (trust.kind === 'unfit') return unfitKey(trust.problem)
  const members = header?.value
  if (members === undefined || header?.duplicates.length !== 0) return notChecked('form')
  if (signature?.bytes === undefined || signedText === undefined) return notChecked('form')
  for (const member of ['crit', 'b64', 'zip'])
    if (Object.hasOwn(members, member)) return notChecked('form')
  const algorithm = algorithms.find((one) => one === ownMember(members, 'alg'))
  if (algorithm === undefined) return notChecked('algorithm')
  const key = chooseKey(trust, ownMember(members, 'kid'))
  if ('verdict' in key) return key
  const problem =
    key.alg !== undefined && key.alg !== algorithm
      ? 'is bound to another algorithm (`alg`)'
      : (rsaKeyProblem(key.numbers) ?? (await brokenKeyProblem(key.numbers)))
  if (problem !== undefined) return unfitKey(problem)
  const message = new TextEncoder().encode(signedText)
  const right = await verifyRsa(algorithm, key.numbers, signature.bytes, message)
  return { verdict: right ? 'valid' : 'invalid' }
}

const notChecked = (reason: 'no-key' | 'key-id' | 'algorithm' | 'form'): SignatureVerdict => ({
  verdict: 'not-checked',
  reason,
})

const unfitKey = (problem: string): SignatureVerdict => ({
  verdict: 'not-checked',
  reason: 'unfit-key',
  problem,
})

/** A set is searched by key ID. A key ID that is missing chooses only where there is no choice. */
function chooseKey(
  trust: Extract<Trust, { kind: 'one' | 'set' }>,
  kid: unknown,
): FoundKey | SignatureVerdict {
  if (trust.kind === 'one') {
    const { key } = trust
    return key.kid !== undefined && kid !== undefined && kid !== key.kid
      ? notChecked('key-id')
      : key
  }
  const index = kid === undefined ? onlyIndex(trust.keys) : trust.kids.indexOf(kid)
  const chosen = trust.keys[index]
  if (chosen === undefined) return notChecked('key-id')
  return isKeyFound(chosen) ? chosen : unfitKey(chosen.problem)
}

function onlyIndex(keys: readonly unknown[]): number {
  return keys.length === 1 ? 0 : -1
}

/** RSASSA-PKCS1-v1_5 alone (RFC 8017 section 8.2.2), by the runtime's Web Crypto. */
export async function verifyRsa(
  algorithm: SigningAlgorithm,
  numbers: RsaNumbers,
  signature: Uint8Array,
  message: Uint8Array,
): Promise<boolean> {
  // RFC 8017 section 8.2.2 step 1; engines check it too.
  if (signature.length !== numbers.n.length) return false
  const key = await importPublicKey(algorithm, numbers)
  return crypto.subtle.verify(rsaScheme, key, Uint8Array.from(signature), Uint8Array.from(message))
}
