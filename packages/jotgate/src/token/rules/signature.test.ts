import { beforeAll, describe, expect, it } from 'vitest'
import { checkToken } from '../check.ts'
import { cloud } from '../deployment.ts'
import { signatureRules } from './signature.ts'
import {
  goodCloudClaims,
  goodCloudHeader,
  makeTestKey,
  type TestKey,
  testNow,
} from './tokens.fixture.ts'

const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
const at = new Date(testNow * 1000)
let key: TestKey
let other: TestKey

beforeAll(async () => {
  key = await makeTestKey()
  other = await makeTestKey()
})

describe('the rules about the signature', () => {
  it('name another key, a missing key, and a key that cannot be used', async () => {
    const token = await key.sign(goodCloudHeader, goodCloudClaims)
    const said = async (options: object) =>
      (await checkToken(token, tenant, { at, ...options })).findings.map(
        ({ id, detail }) => `${id} ${detail}`,
      )
    expect(await said({ key: key.jwk })).toEqual([])
    expect(await said({ key: other.jwk })).toEqual([
      'signature-mismatch It was made with another key, or the token was changed afterwards.',
    ])
    expect(await said({})).toEqual(['signature-not-checked No key was given to check it with.'])
    expect(await said({ key: { ...key.jwk, e: 'Aw' } })).toEqual([
      'signature-unfit-key The given key has a public exponent other than 65537.',
    ])
    expect(await said({ key: { ...key.jwk, kid: 'b' } })).toEqual([
      'cloud-key-id-unknown The header’s `kid` is none of the given key IDs.',
    ])
  })

  it('name a certificate before and after its dates, and not on them', () => {
    const rule = signatureRules.find(({ id }) => id === 'signature-certificate-dates')
    const said = (certificateDates: { from: number; to: number } | undefined) =>
      rule?.explain({ certificateDates, now: testNow } as never)
    const [from, to] = [testNow * 1000, testNow * 1000]
    expect(rule).toBeDefined()
    expect(said(undefined)).toBeUndefined()
    expect(said({ from, to })).toBeUndefined()
    expect(said({ from: from + 1000, to: to + 2000 })).toBe(
      'It is valid from 2026-01-01 00:00:01 UTC, in 1 second.',
    )
    expect(said({ from: from - 2000, to: to - 60_000 })).toBe(
      'It expired 2025-12-31 23:59:00 UTC, 1 minute ago.',
    )
  })
})
