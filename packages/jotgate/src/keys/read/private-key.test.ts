import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { primeAfter, randomPrime, rocaPrime } from '../../token/strength/primes.fixture.ts'
import { makeKeyOfThreePrimes, privateKeyOf } from '../strength/weak-keys.fixture.ts'
import { checkPrivateKey } from './private-key.ts'

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
  return number % 65537n === 1n ? composite(factor) : number
}

it.each([2048, 3072])('a random private key of %i bits is accepted', async (modulusLength) => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength })
  expect(await problemOf(privateKey)).toBeUndefined()
})

describe('a private key is refused', () => {
  it.each([18, 24, 40, 64, 200, 900, 1020])('when a prime has %i bits', async (bits) => {
    const key = privateKeyOf(randomPrime(bits), randomPrime(2048 - bits))
    expect(await problemOf(key)).toMatchObject(weak(/not of the same length/))
  })

  it.each([3n, 641n, 999_983n])('when a factor has the factor %s itself', async (factor) => {
    const key = privateKeyOf(composite(factor), randomPrime(1024))
    expect(await problemOf(key)).toMatchObject(weak(/small factor/))
  })

  it('when it has three primes, whether it says so or not', async () => {
    const [p, q] = [randomPrime(512) * randomPrime(512), randomPrime(1024)]
    expect(await problemOf(privateKeyOf(p, q))).toMatchObject({ code: 'ERR_KEY_DAMAGED' })
    const key = createPrivateKey(makeKeyOfThreePrimes())
    expect(await problemOf(key)).toMatchObject(weak(/not the product of two primes/))
  })

  it.each([1n, 520n, 900n, 920n])('when its primes are 2^%d apart', async (distance) => {
    const prime = primeAfter(randomPrime(1024) - (1n << 925n))
    const key = privateKeyOf(prime, primeAfter(prime + (1n << distance)))
    expect(await problemOf(key)).toMatchObject(weak(/close/))
  })

  it('but not when its primes are 2^926 apart', async () => {
    const prime = randomPrime(1024) - (1n << 930n)
    const key = privateKeyOf(primeAfter(prime), primeAfter(prime + (1n << 926n)))
    expect(await problemOf(key)).toBeUndefined()
  })

  it('when its primes are of the ROCA family', async () => {
    const key = privateKeyOf(rocaPrime(1024), rocaPrime(1024))
    expect(await problemOf(key)).toMatchObject(weak(/ROCA/))
  })

  it('when it is small, or has another exponent', async () => {
    const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
    expect(await problemOf(small)).toMatchObject({ code: 'ERR_KEY_SIZE' })
    const three = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }).privateKey
    expect(await problemOf(three)).toMatchObject({ code: 'ERR_KEY_EXPONENT' })
  })
})
