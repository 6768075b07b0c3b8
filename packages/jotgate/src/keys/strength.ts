import type { KeyObject } from 'node:crypto'
import { keyErrors } from './errors.ts'

/** RFC 7518 section 3.3 asks for 2048 bits; above 8192 a signature takes seconds. */
const minBits = 2048
const maxBits = 8192

/**
 * Refuses keys that Qlik would not take or that others could break.
 *
 * @param source how errors name the key's place
 */
export function checkStrength(key: KeyObject, source: string): void {
  if (key.asymmetricKeyType !== 'rsa')
    throw keyErrors.ERR_KEY_TYPE({ source, type: key.asymmetricKeyType ?? key.type })
  const { modulusLength: bits = 0, publicExponent } = key.asymmetricKeyDetails ?? {}
  if (bits < minBits || bits > maxBits)
    throw keyErrors.ERR_KEY_SIZE({ source, bits, min: minBits, max: maxBits })
  if (publicExponent !== 65537n) throw keyErrors.ERR_KEY_EXPONENT({ source })
}
