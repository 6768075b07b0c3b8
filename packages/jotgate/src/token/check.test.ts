import { beforeAll, describe, expect, it } from 'vitest'
import { type CheckOptions, checkToken } from './check.ts'
import { clientManaged } from './client-managed.ts'
import { cloud, type Deployment } from './deployment.ts'
import { tokenTimeRules } from './rules/times.ts'
import {
  goodClientManagedClaims,
  goodClientManagedHeader,
  goodCloudClaims,
  goodCloudHeader,
  makeTestKey,
  type TestKey,
  testNow,
} from './rules/tokens.fixture.ts'

const at = new Date(testNow * 1000)
const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
const server = clientManaged({
  url: 'https://sense.acme.example',
  prefix: 'jwt',
  userDirectory: 'ACME',
  claims: { userId: 'userId', userDirectory: 'userDirectory', groups: 'group' },
  audience: 'sense.acme.example',
})
let key: TestKey
let other: TestKey

beforeAll(async () => {
  key = await makeTestKey()
  other = await makeTestKey()
})

async function idsOf(token: string, deployment: Deployment | undefined, options: CheckOptions) {
  const { findings } = await checkToken(token, deployment, { at, ...options })
  return findings.map(({ id }) => id)
}

describe('a value that cannot be converted to a string or a number', () => {
  // JSON may give an object members of these names; String() and Number() throw for such a one.
  const odd = { toString: 1, valueOf: 1 }

  it.each(['alg', 'typ', 'kid', 'crit', 'b64'])(
    'is a finding as header member %s',
    async (name) => {
      for (const value of [odd, [odd]]) {
        const token = await key.sign({ ...goodCloudHeader, [name]: value }, goodCloudClaims)
        expect(await idsOf(token, tenant, { key: key.jwk })).not.toEqual([])
      }
    },
  )

  it.each(Object.keys(goodCloudClaims))('is a finding as claim %s', async (name) => {
    for (const value of [odd, [odd]]) {
      const random = '3f1c1a52-8f5e-4a51-9d2e-6f0b3a7c9d10'
      const claims = { ...goodCloudClaims, sub: random, [name]: value }
      const token = await key.sign(goodCloudHeader, claims)
      const options = { key: key.jwk, earlier: [goodCloudClaims, claims] }
      expect(await idsOf(token, tenant, options)).not.toEqual([])
      await checkToken(token, server, options)
    }
  })
})

describe('a token whose signature is not checked', () => {
  it('is not in order when white space makes its algorithm another one', async () => {
    for (const alg of [' HS256', 'HS256 ', '\tRS256', 'none ', 'RS256\u0000']) {
      const token = await other.sign({ ...goodCloudHeader, alg }, goodCloudClaims)
      expect(await idsOf(token, tenant, { key: key.jwk }), alg).not.toEqual([])
    }
  })

  it('is not in order when a set of keys leaves open which one a virtual proxy has', async () => {
    const jwks = {
      keys: [
        { ...key.jwk, kid: 'a' },
        { ...other.jwk, kid: 'b' },
      ],
    }
    const forged = await (await makeTestKey()).sign(
      goodClientManagedHeader,
      goodClientManagedClaims,
    )
    expect(await idsOf(forged, server, { jwks })).toEqual(['client-managed-key-not-named'])
    const named = await key.sign({ ...goodClientManagedHeader, kid: 'a' }, goodClientManagedClaims)
    expect(await idsOf(named, server, { jwks })).toEqual([])
  })

  it('is checked with the one key of a virtual proxy, whatever key ID it names', async () => {
    const trusted = { key: { ...key.jwk, kid: 'a' } }
    const header = { ...goodClientManagedHeader, kid: 'b' }
    const right = await key.sign(header, goodClientManagedClaims)
    expect(await idsOf(right, server, trusted)).toEqual([])
    const forged = await other.sign(header, goodClientManagedClaims)
    expect(await idsOf(forged, server, trusted)).toEqual(['signature-mismatch'])
  })

  it('is not in order where a key was given and no rule says why it was not used', async () => {
    const header = { ...goodCloudHeader, alg: 'ES256' }
    const token = await key.sign(header, goodCloudClaims)
    const { findings, signature } = await checkToken(token, tenant, { at, key: key.jwk })
    expect(signature).toEqual({ verdict: 'not-checked', reason: 'algorithm' })
    expect(findings).toMatchObject([
      { id: 'cloud-algorithm-other', blocks: false },
      { id: 'signature-not-verifiable', effect: 'unknown', blocks: true },
    ])
  })
})

describe('what is known of the signature', () => {
  const verdictOf = async (token: string, options: CheckOptions) =>
    (await checkToken(token, tenant, { at, ...options })).signature

  it('is said with the reason, and the finding for it blocks where a key was given', async () => {
    const token = await key.sign(goodCloudHeader, goodCloudClaims)
    const notChecked = (reason: string) => ({ verdict: 'not-checked', reason })
    expect(await verdictOf(token, { key: key.jwk })).toEqual({ verdict: 'valid' })
    expect(await verdictOf(token, { key: other.jwk })).toEqual({ verdict: 'invalid' })
    expect(await verdictOf(token, {})).toEqual(notChecked('no-key'))
    expect(await verdictOf(token, { key: { ...key.jwk, kid: 'x' } })).toEqual(notChecked('key-id'))
    expect(await verdictOf(`${token}=`, { key: key.jwk })).toEqual(notChecked('form'))
    expect(await verdictOf(token, { key: { ...key.jwk, e: 'Aw' } })).toEqual({
      ...notChecked('unfit-key'),
      problem: 'has a public exponent other than 65537',
    })
    for (const options of [{ key: { ...key.jwk, kid: 'x' } }, { key: { ...key.jwk, e: 'Aw' } }]) {
      const { findings } = await checkToken(token, tenant, { at, ...options })
      expect(findings).toMatchObject([{ blocks: true }])
    }
    const { findings } = await checkToken(token, tenant, { at })
    expect(findings).toMatchObject([{ id: 'signature-not-checked', blocks: false }])
  })
})

describe('a token of which the product is not known', () => {
  it('is checked for its form, its timestamps and its signature', async () => {
    const claims = { sub: '42', iat: testNow - 200, nbf: testNow - 200, exp: testNow - 140 }
    const token = await key.sign({ alg: 'RS512' }, claims)
    const check = (jwk: object) => checkToken(token, undefined, { at, key: jwk })
    expect(await check(key.jwk)).toMatchObject({
      findings: [
        {
          id: 'token-expired',
          effect: 'refused',
          detail: 'It expired 2 minutes and 20 seconds ago.',
        },
      ],
      signature: { verdict: 'valid' },
    })
    expect(await check(other.jwk)).toMatchObject({
      findings: [{ id: 'token-expired' }, { id: 'signature-mismatch', blocks: true }],
      signature: { verdict: 'invalid' },
    })
    expect(await idsOf(`Bearer ${token}`, undefined, {})).toEqual([
      'form-scheme',
      'token-expired',
      'signature-not-checked',
    ])
  })

  it('breaks each rule about timestamps as a token for a product does', async () => {
    const breaches: [string, object][] = [
      ['token-time-type', { exp: 'soon' }],
      ['token-time-in-milliseconds', { iat: testNow * 1000 }],
      ['token-time-order', { nbf: testNow - 5, exp: testNow - 5 }],
      ['token-expired', { exp: testNow - 60 }],
      ['token-not-yet-valid', { nbf: testNow + 61 }],
      ['token-clock-tolerance', { nbf: testNow + 60 }],
      ['token-issued-in-future', { iat: testNow + 1 }],
    ]
    for (const [id, claims] of breaches)
      expect(
        await idsOf(await key.sign({ alg: 'RS256' }, claims), undefined, { key: key.jwk }),
      ).toContain(id)
    expect(breaches.map(([id]) => id)).toEqual(tokenTimeRules.map(({ id }) => id))
  })
})

describe('a token by an algorithm that the deployment does not take', () => {
  it('has its signature checked all the same', async () => {
    const token = await key.sign({ ...goodCloudHeader, alg: 'RS512' }, goodCloudClaims)
    expect(await idsOf(token, tenant, { key: key.jwk })).toEqual(['cloud-algorithm-other'])
    expect(await idsOf(token, tenant, { key: other.jwk })).toEqual([
      'cloud-algorithm-other',
      'signature-mismatch',
    ])
    const one = { ...server, algorithms: ['RS256' as const] }
    const signed = await key.sign({ alg: 'RS384' }, goodClientManagedClaims)
    expect(await idsOf(signed, one, { key: other.jwk })).toEqual([
      'client-managed-algorithm-not-configured',
      'signature-mismatch',
    ])
  })
})

describe('checkToken', () => {
  it('throws for options that make no sense, and for nothing else', async () => {
    const odd: object[] = [
      { at: '2026-01-01' },
      { at: new Date(Number.NaN) },
      { at: new Date(-1) },
      { clockToleranceSeconds: -1 },
      { clockToleranceSeconds: 3601 },
      { clockToleranceSeconds: '5' },
      { earlier: {} },
      { earlier: [null] },
      { earlier: [{}, []] },
      { key: key.jwk, jwks: { keys: [] } },
    ]
    for (const options of odd)
      await expect(checkToken('a.b.c', tenant, options), JSON.stringify(options)).rejects.toThrow(
        expect.objectContaining({ code: 'ERR_TOKEN_CHECK' }),
      )
    const bounds = { at: new Date(0), clockToleranceSeconds: 3600, earlier: [{}] }
    await expect(checkToken('a.b.c', tenant, bounds)).resolves.toBeDefined()
    for (const token of [undefined, null, 7, {}, Symbol('token'), 'A'.repeat(1e6), '.'.repeat(1e5)])
      expect((await checkToken(token as string, tenant, { at })).findings).not.toEqual([])
  })

  it('checks as of now when no time is given', async () => {
    const iat = Math.floor(Date.now() / 1000)
    const claims = { ...goodCloudClaims, iat, nbf: iat - 1800, exp: iat + 1800 }
    const token = await key.sign(goodCloudHeader, claims)
    expect(await checkToken(token, tenant, { key: key.jwk })).toEqual({
      findings: [],
      signature: { verdict: 'valid' },
    })
    const wrong = await key.sign(goodCloudHeader, goodCloudClaims)
    const {
      findings: [finding],
    } = await checkToken(wrong, tenant, { key: key.jwk })
    expect(finding?.id).toBe('cloud-expired')
  })
})
