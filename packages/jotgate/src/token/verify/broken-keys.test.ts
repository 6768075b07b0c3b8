import { describe, expect, it } from 'vitest'
import { toBase64url } from '../base64url.ts'
import { checkToken } from '../check.ts'
import { cloud } from '../deployment.ts'
import { goodCloudClaims, goodCloudHeader, makeTestKey, testNow } from '../rules/tokens.fixture.ts'
import { primeAfter, randomPrime, rocaPrime, toBytes } from '../strength/primes.fixture.ts'
import { brokenKeyProblem } from './broken-keys.ts'
import { rsaKeyProblem } from './rsa-key.ts'

const e = Uint8Array.of(1, 0, 1)
const problemOf = (modulus: bigint) => brokenKeyProblem({ n: Uint8Array.from(toBytes(modulus)), e })

/** Two primes of 1024 bits whose product has 2048. */
function productOf(make: (p: bigint) => bigint): bigint {
  for (;;) {
    const p = randomPrime(1024)
    const product = p * make(p)
    if (product >> 2047n === 1n) return product
  }
}

/** RFC 7515 appendix A.2, whose private half is printed there. */
const rfcKey =
  'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ'

describe('a key with which anyone could sign', () => {
  it.each<[string, () => bigint, RegExp]>([
    ['whose modulus is a prime', () => randomPrime(2048), /a prime, not a product/],
    ['with a factor of 17 bits', () => 65_539n * randomPrime(2032), /small factor/],
    ['with close primes', () => productOf(primeAfter), /Fermat/],
    ['with q near p + 2^520', () => productOf((p) => primeAfter(p + 2n ** 520n)), /Fermat/],
    ['of the ROCA family', () => rocaPrime(1024) * rocaPrime(1024), /ROCA/],
  ])('is refused %s', async (_, make, problem) => {
    expect(await problemOf(make())).toMatch(problem)
  })

  it('is refused when its private half is public', async () => {
    const n = Uint8Array.from(Buffer.from(rfcKey, 'base64url'))
    expect(await brokenKeyProblem({ n, e })).toBe(
      'is publicly known: its private half is published in RFC 7515 appendix A.2',
    )
  })

  it('is accepted when nothing is known against it, and checked once', async () => {
    const { n } = (await makeTestKey()).jwk
    const numbers = { n: Uint8Array.from(Buffer.from(n, 'base64url')), e }
    expect(rsaKeyProblem(numbers)).toBeUndefined()
    const first = brokenKeyProblem(numbers)
    expect(await first).toBeUndefined()
    expect(brokenKeyProblem({ ...numbers })).toBe(first)
  })

  it('verifies no token', async () => {
    const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
    const token = await (await makeTestKey()).sign(goodCloudHeader, goodCloudClaims)
    const n = toBase64url(Uint8Array.from(toBytes(randomPrime(2048))))
    const at = new Date(testNow * 1000)
    for (const trusted of [
      { key: { kty: 'RSA', n, e: 'AQAB' } },
      { jwks: { keys: [{ kty: 'RSA', n: rfcKey, e: 'AQAB', kid: 'acme-1' }] } },
    ]) {
      const { findings, signature } = await checkToken(token, tenant, { at, ...trusted })
      expect(signature).toMatchObject({ verdict: 'not-checked', reason: 'unfit-key' })
      expect(findings).toMatchObject([{ id: 'signature-unfit-key', blocks: true }])
    }
  })
})
