import type { SigningAlgorithm } from '../signing-key.ts'
import type { TokenText } from '../token-text.ts'
import { importPublicKey, rsaScheme } from './imported-keys.ts'
import { type FoundKey, isKeyFound } from './public-key.ts'
import { type RsaNumbers, rsaKeyProblem } from './rsa-key.ts'
import type { Trust } from './trust.ts'

/** What came of holding a token's signature against what is trusted. */
export type SignatureVerdict =
  | { readonly outcome: 'valid' }
  /** The signature is not of this key over this text. */
  | { readonly outcome: 'wrong' }
  /** The text, header or algorithm does not let it come to that; other rules say why. */
  | { readonly outcome: 'not-reached' }
  /** Nothing was given to hold it against. */
  | { readonly outcome: 'no-key' }
  /** What was given names its keys, and none is the header's. */
  | { readonly outcome: 'other-key-id' }
  | { readonly outcome: 'unfit-key'; readonly problem: string }

/**
 * Verifies a signature as strictly as it goes: the text is the one canonical form, the algorithm one of
 * those that were configured, the key from the caller alone (`jwk`, `jku`, `x5c` and `x5u` of the token
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
  if (trust.kind === 'none') return { outcome: 'no-key' }
  if (trust.kind === 'unfit') return { outcome: 'unfit-key', problem: trust.problem }
  if (header?.value === undefined || header.duplicates.length > 0) return { outcome: 'not-reached' }
  if (signature?.bytes === undefined || signedText === undefined) return { outcome: 'not-reached' }
  for (const member of ['crit', 'b64', 'zip'])
    if (Object.hasOwn(header.value, member)) return { outcome: 'not-reached' }
  const algorithm = algorithms.find((one) => one === ownMember(header.value, 'alg'))
  if (algorithm === undefined) return { outcome: 'not-reached' }
  const key = chooseKey(trust, ownMember(header.value, 'kid'))
  if ('outcome' in key) return key
  const problem =
    key.alg !== undefined && key.alg !== algorithm
      ? 'is bound to another algorithm (`alg`)'
      : rsaKeyProblem(key.numbers)
  if (problem !== undefined) return { outcome: 'unfit-key', problem }
  const message = new TextEncoder().encode(signedText)
  const right = await verifyRsa(algorithm, key.numbers, signature.bytes, message)
  return { outcome: right ? 'valid' : 'wrong' }
}

function ownMember(value: Readonly<Record<string, unknown>> | undefined, name: string): unknown {
  return value !== undefined && Object.hasOwn(value, name) ? value[name] : undefined
}

/** A set is asked by key ID. A key ID that is missing chooses only where there is no choice. */
function chooseKey(
  trust: Extract<Trust, { kind: 'one' | 'set' }>,
  kid: unknown,
): FoundKey | SignatureVerdict {
  if (trust.kind === 'one') {
    const { key } = trust
    return key.kid !== undefined && kid !== undefined && kid !== key.kid
      ? { outcome: 'other-key-id' }
      : key
  }
  const index = kid === undefined ? onlyIndex(trust.keys) : trust.kids.indexOf(kid)
  const chosen = trust.keys[index]
  if (chosen === undefined) return { outcome: 'other-key-id' }
  return isKeyFound(chosen) ? chosen : { outcome: 'unfit-key', problem: chosen.problem }
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
