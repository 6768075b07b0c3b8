import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { primeAfter, randomPrime, rocaPrime, toBytes } from './primes.fixture.ts'
import { modulusWeakness, sharesPrime } from './weak-modulus.ts'

describe('the weakness of a modulus', () => {
  it.each([2048, 3072, 4096])('is not found in a random key of %i bits', (modulusLength) => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength })
    const { n = '' } = publicKey.export({ format: 'jwk' })
    expect(modulusWeakness(Buffer.from(n, 'base64url'))).toBeUndefined()
  })

  it('is found when its primes are of the ROCA family', () => {
    expect(modulusWeakness(toBytes(rocaPrime(1024) * rocaPrime(1024)))).toBe('roca')
    expect(modulusWeakness(toBytes(rocaPrime(1024) * randomPrime(1024)))).toBeUndefined()
  })

  it('is found when its primes are equal, close, or 2^520 apart', () => {
    const prime = randomPrime(1024)
    expect(modulusWeakness(toBytes(prime * primeAfter(prime)))).toBe('close-primes')
    expect(modulusWeakness(toBytes(prime * prime))).toBe('close-primes')
    // Fermat's method takes (q - p)²/8√n rounds, so at most 8192 for the first distance, and 2^35 for the second.
    const apart = (distance: bigint) => toBytes(prime * primeAfter(prime + distance))
    expect(modulusWeakness(apart(1n << 520n))).toBe('close-primes')
    expect(modulusWeakness(apart(1n << 531n))).toBeUndefined()
  })

  it.each([2n, 3n, 65_537n, 999_983n])('is found when it has the factor %s', (factor) => {
    expect(modulusWeakness(toBytes(randomPrime(1024) * factor))).toBe('small-factor')
  })

  it('is not found in a factor above a million, which would take too long', () => {
    expect(modulusWeakness(toBytes(randomPrime(1024) * 1_000_003n))).toBeUndefined()
  })

  it('is found when it is a prime, or empty', () => {
    expect(modulusWeakness(toBytes(randomPrime(1024)))).toBe('prime')
    expect(modulusWeakness(new Uint8Array())).toBe('small-factor')
  })
})

describe('two moduli', () => {
  it('share a prime or not; the same modulus twice does not count', () => {
    const [a, b, c, d] = [1, 2, 3, 4].map(() => randomPrime(1024)) as [
      bigint,
      bigint,
      bigint,
      bigint,
    ]
    expect(sharesPrime(toBytes(a * b), toBytes(a * c))).toBe(true)
    expect(sharesPrime(toBytes(a * b), toBytes(c * d))).toBe(false)
    expect(sharesPrime(toBytes(a * b), toBytes(a * b))).toBe(false)
  })
})
