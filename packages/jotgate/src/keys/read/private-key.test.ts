import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { primeAfter, privateKeyOf, randomPrime, rocaPrime } from '../strength/weak-keys.fixture.ts'
import { hasSoundFactors } from '../strength/weak-modulus.ts'
import { checkPrivateKey } from './private-key.ts'

const e = 65537n
const numbersOf = (key: KeyObject) => key.export({ format: 'jwk' })
const areSound = (key: KeyObject) => hasSoundFactors(numbersOf(key))

async function problemOf(privateKey: KeyObject) {
  const pair = { privateKey, publicKey: createPublicKey(privateKey), certificates: [] }
  return await checkPrivateKey(pair, 'The key').then(
    () => undefined,
    (error: unknown) => error,
  )
}

const weak = (weakness: RegExp) => ({
  code: 'ERR_KEY_WEAK',
  details: { weakness: expect.stringMatching(weakness) },
})

/** A number of about 1024 bits with a small factor. */
function composite(factor: bigint): bigint {
  const number = factor * randomPrime(1025 - factor.toString(2).length)
  return number % e === 1n ? composite(factor) : number
}

describe('the factors of a private key', () => {
  it.each([2048, 3072])('are sound in a random key of %i bits', async (modulusLength) => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength })
    expect(areSound(privateKey)).toBe(true)
    expect(await problemOf(privateKey)).toBeUndefined()
  })

  it('are not sound if one is short, or if one number belongs to another key', () => {
    expect(areSound(privateKeyOf(randomPrime(20), randomPrime(2028)))).toBe(false)
    const jwk = numbersOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)
    const other = numbersOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey)
    expect(hasSoundFactors(jwk)).toBe(true)
    for (const name of ['n', 'e', 'd', 'p', 'q', 'dp', 'dq'] as const) {
      const changed = name === 'e' ? 'Aw' : other[name]
      expect(hasSoundFactors({ ...jwk, [name]: changed }), name).toBe(false)
      expect(hasSoundFactors({ ...jwk, [name]: undefined }), name).toBe(false)
    }
    const [one, nothing] = ['AQ', '']
    expect(hasSoundFactors({ ...jwk, p: one, q: jwk.n ?? '' })).toBe(false)
    expect(hasSoundFactors({ ...jwk, n: nothing, p: nothing, q: nothing })).toBe(false)
  })
})

describe('a private key is refused', () => {
  it('when a factor is short, or has a small factor itself', async () => {
    expect(await problemOf(privateKeyOf(randomPrime(18), randomPrime(2030)))).toMatchObject(
      weak(/small factor/),
    )
    for (const factor of [3n, 641n, 999_983n]) {
      const key = privateKeyOf(composite(factor), randomPrime(1024))
      // Its numbers match, so only the signature shows it.
      expect(areSound(key)).toBe(true)
      expect(await problemOf(key)).toMatchObject(weak(/small factor/))
    }
  })

  it('when it has three primes, given as two factors', async () => {
    const [p, q] = [randomPrime(512) * randomPrime(512), randomPrime(1024)]
    expect(await problemOf(privateKeyOf(p, q))).toMatchObject({ code: 'ERR_KEY_DAMAGED' })
  })

  it('when its primes are close, or of the ROCA family', async () => {
    const prime = randomPrime(1024)
    expect(await problemOf(privateKeyOf(prime, primeAfter(prime)))).toMatchObject(weak(/close/))
    expect(await problemOf(privateKeyOf(rocaPrime(1024), rocaPrime(1024)))).toMatchObject(
      weak(/ROCA/),
    )
  })

  it('when it is small, or has another exponent', async () => {
    const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
    expect(await problemOf(small)).toMatchObject({ code: 'ERR_KEY_SIZE' })
    const three = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }).privateKey
    expect(await problemOf(three)).toMatchObject({ code: 'ERR_KEY_EXPONENT' })
  })
})
