import type { KeyObject } from 'node:crypto'
import type { JotgateError } from '../../errors/index.ts'
import { modulusWeakness, modulusWeaknesses } from '../../token/index.ts'
import { keyErrors } from '../errors.ts'
import { publishedIn } from './thumbprint.ts'

/** RFC 7518 section 3.3 asks for 2048 bits; above 8192 a signature takes seconds. */
const minBits = 2048
const maxBits = 8192

/**
 * Finds the first reason why Qlik would not accept a public key, or why an attacker could sign with it.
 *
 * SECURITY: an exponent other than 65537 is refused for two reasons. With a small one, a careless verifier accepts
 * forgeries; one as long as the modulus makes each verification 75 times as expensive.
 *
 * @param source how errors name the key
 * @param factorsAreKnown as for `modulusWeakness`
 */
export function strengthProblem(
  key: KeyObject,
  source: string,
  factorsAreKnown = false,
): JotgateError | undefined {
  const problem = formProblem(key, source)
  if (problem !== undefined) return problem
  const jwk = key.export({ format: 'jwk' })
  const origin = publishedIn(jwk)
  if (origin !== undefined) return keyErrors.ERR_KEY_KNOWN({ source, origin })
  const weakness = modulusWeakness(modulusOf(jwk), factorsAreKnown)
  if (weakness === undefined) return undefined
  return keyErrors.ERR_KEY_WEAK({ source, weakness: modulusWeaknesses[weakness] })
}

/** What is wrong with a key's type, size or exponent; this takes no search. */
export function formProblem(key: KeyObject, source: string): JotgateError | undefined {
  if (key.asymmetricKeyType !== 'rsa')
    return keyErrors.ERR_KEY_TYPE({ source, type: key.asymmetricKeyType ?? key.type })
  const { modulusLength: bits = 0, publicExponent } = key.asymmetricKeyDetails ?? {}
  if (bits < minBits || bits > maxBits)
    return keyErrors.ERR_KEY_SIZE({ source, bits, min: minBits, max: maxBits })
  if (publicExponent !== 65537n) return keyErrors.ERR_KEY_EXPONENT({ source })
  return undefined
}

/** Refuses a weak key with its first problem. */
export function checkStrength(key: KeyObject, source: string): void {
  const problem = strengthProblem(key, source)
  if (problem !== undefined) throw problem
}

/** The modulus of a public JWK, big-endian. */
export function modulusOf({ n = '' }: { n?: string }): Buffer {
  return Buffer.from(n, 'base64url')
}
