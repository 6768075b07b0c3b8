import { knownKeys } from './known-keys.ts'
import { modulusWeakness, modulusWeaknesses } from './weak-modulus.ts'

/**
 * Says why anyone could sign with a key; undefined when nothing is known. Only the public half is needed.
 *
 * @param modulus big-endian, of a size that is accepted, which bounds what this costs
 * @param thumbprint of RFC 7638, with SHA-256
 * @returns what is wrong, to read after "The key …"
 */
export function weaknessOf(modulus: Uint8Array, thumbprint: string): string | undefined {
  const origin = knownKeys.get(thumbprint)
  if (origin !== undefined) return `is publicly known: its private half is published in ${origin}`
  const weakness = modulusWeakness(modulus)
  return weakness === undefined ? undefined : `is weak: ${modulusWeaknesses[weakness]}`
}
