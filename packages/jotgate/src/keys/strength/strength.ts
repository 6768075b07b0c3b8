import type { KeyObject } from 'node:crypto'
import type { JotgateError } from '../../errors/index.ts'
import { keyErrors } from '../errors.ts'
import { modulusWeakness } from './weak-modulus.ts'

/** RFC 7518 section 3.3 asks for 2048 bits; above 8192 a signature takes seconds. */
const minBits = 2048
const maxBits = 8192

const weaknesses = {
  roca: 'its primes come from the broken generator of CVE-2017-15361 (ROCA)',
  'close-primes': 'its two primes lie so close together that Fermat’s method finds them',
  'small-factor': 'its modulus has a small factor',
  prime: 'its modulus is a prime, not a product of two',
} as const

/**
 * Tells what keeps a key from being one that Qlik takes and others cannot break: nothing, or the
 * first thing.
 *
 * SECURITY: an exponent other than 65537 is refused for two reasons. Small ones make forgeries by
 * careless verifiers easy; one as long as the modulus makes each verification 75 times as dear.
 *
 * @param source how errors name the key's place
 * @param factorsAreSound as for `modulusWeakness`
 */
export function strengthProblem(
  key: KeyObject,
  source: string,
  factorsAreSound = false,
): JotgateError | undefined {
  const problem = formProblem(key, source)
  if (problem !== undefined) return problem
  const weakness = modulusWeakness(modulusOf(key.export({ format: 'jwk' })), factorsAreSound)
  if (weakness === undefined) return undefined
  return keyErrors.ERR_KEY_WEAK({ source, weakness: weaknesses[weakness] })
}

/** What can be told of a key without a search: its kind, its size, its exponent. */
export function formProblem(key: KeyObject, source: string): JotgateError | undefined {
  if (key.asymmetricKeyType !== 'rsa')
    return keyErrors.ERR_KEY_TYPE({ source, type: key.asymmetricKeyType ?? key.type })
  const { modulusLength: bits = 0, publicExponent } = key.asymmetricKeyDetails ?? {}
  if (bits < minBits || bits > maxBits)
    return keyErrors.ERR_KEY_SIZE({ source, bits, min: minBits, max: maxBits })
  if (publicExponent !== 65537n) return keyErrors.ERR_KEY_EXPONENT({ source })
  return undefined
}

/** Refuses a key for the first problem that it has. */
export function checkStrength(key: KeyObject, source: string): void {
  const problem = strengthProblem(key, source)
  if (problem !== undefined) throw problem
}

/** The modulus of a public JWK, big-endian. */
export function modulusOf({ n = '' }: { n?: string }): Buffer {
  return Buffer.from(n, 'base64url')
}
