import { beforeAll, describe, expect, it } from 'vitest'
import { type CheckOptions, checkToken } from './check.ts'
import { clientManaged } from './client-managed.ts'
import { cloud, type Deployment } from './deployment.ts'
import { withDoubt } from './rules/apply.ts'
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

async function idsOf(token: string, deployment: Deployment, options: CheckOptions) {
  return (await checkToken(token, deployment, { at, ...options })).map(({ id }) => id)
}

describe('what nobody can turn into a text or a number', () => {
  // JSON may give an object members of these names; String() and Number() throw for such a one.
  const odd = { toString: 1, valueOf: 1 }

  it.each(['alg', 'typ', 'kid', 'crit', 'b64'])('is told as header member %s', async (name) => {
    for (const value of [odd, [odd]]) {
      const token = await key.sign({ ...goodCloudHeader, [name]: value }, goodCloudClaims)
      expect(await idsOf(token, tenant, { key: key.jwk })).not.toEqual([])
    }
  })

  it.each(Object.keys(goodCloudClaims))('is told as claim %s', async (name) => {
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
  it('is not in order when blanks make its algorithm another one', async () => {
    for (const alg of [' HS256', 'HS256 ', '\tRS256', 'none ', 'RS256\u0000']) {
      const token = await other.sign({ ...goodCloudHeader, alg }, goodCloudClaims)
      expect(await idsOf(token, tenant, { key: key.jwk }), alg).toHaveLength(1)
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

  it('is held against the one key of a virtual proxy, whatever key ID it names', async () => {
    const trusted = { key: { ...key.jwk, kid: 'a' } }
    const header = { ...goodClientManagedHeader, kid: 'b' }
    const right = await key.sign(header, goodClientManagedClaims)
    expect(await idsOf(right, server, trusted)).toEqual([])
    const forged = await other.sign(header, goodClientManagedClaims)
    expect(await idsOf(forged, server, trusted)).toEqual(['signature-mismatch'])
  })

  it('is not in order even where no rule says why', () => {
    expect(withDoubt([], { outcome: 'valid' })).toEqual([])
    for (const outcome of ['not-reached', 'wrong', 'no-key', 'other-key-id'] as const)
      expect(withDoubt([], { outcome })).toMatchObject([
        { id: 'signature-not-checked', effect: 'unknown' },
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
      expect(await checkToken(token as string, tenant, { at })).not.toEqual([])
  })

  it('judges by the time now when none is given', async () => {
    const iat = Math.floor(Date.now() / 1000)
    const claims = { ...goodCloudClaims, iat, nbf: iat - 1800, exp: iat + 1800 }
    const token = await key.sign(goodCloudHeader, claims)
    expect(await checkToken(token, tenant, { key: key.jwk })).toEqual([])
    const wrong = await key.sign(goodCloudHeader, goodCloudClaims)
    const [finding] = await checkToken(wrong, tenant, { key: key.jwk })
    expect(finding?.id).toBe('cloud-expired')
  })
})
