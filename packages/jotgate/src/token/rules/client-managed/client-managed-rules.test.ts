import { beforeAll, describe, expect, it } from 'vitest'
import { type CheckOptions, checkDeployment, checkToken } from '../../check.ts'
import type { ClientManagedDeployment } from '../../client-managed.ts'
import {
  goodClientManagedClaims,
  goodClientManagedHeader,
  makeTestKey,
  type TestKey,
  testNow,
  testServer,
} from '../tokens.fixture.ts'
import { clientManagedRules } from './index.ts'

const at = new Date(testNow * 1000)
const goodClaims = { ...goodClientManagedClaims, dept: 'R&D' }
let key: TestKey

beforeAll(async () => {
  key = await makeTestKey()
})

interface Breach {
  header?: object
  claims?: object
  deployment?: object
  options?: CheckOptions
  also?: string[]
}

const named = (claims: object) => ({ claims: { ...testServer.claims, ...claims } })

/** What breaks each rule of client-managed Qlik, each by one change to a good token. */
const breaches: [string, Breach][] = [
  ['client-managed-algorithm', { header: { alg: 'HS256' } }],
  ['client-managed-algorithm', { header: { alg: 'ES256' } }],
  ['client-managed-algorithm', { header: { alg: 'PS512' } }],
  ['client-managed-algorithm', { header: { alg: 'EdDSA' } }],
  ['client-managed-algorithm', { header: { alg: 'none' } }],
  ['client-managed-algorithm', { header: { alg: undefined } }],
  ['client-managed-algorithm', { header: { alg: 'rs256' } }],
  [
    'client-managed-algorithm-not-configured',
    { header: { alg: 'RS512' }, deployment: { algorithms: ['RS256'] } },
  ],
  [
    'client-managed-reserved-name',
    { deployment: named({ groups: 'jti' }), also: ['client-managed-unmapped-claims'] },
  ],
  [
    'client-managed-sub-as-name',
    { deployment: named({ userId: 'sub' }), claims: { sub: 'ada', userId: undefined } },
  ],
  [
    'client-managed-made-for-cloud',
    {
      claims: { userId: undefined, sub: 'ada', aud: 'qlik.api/login/jwt-session' },
      also: ['client-managed-audience', 'client-managed-user-id-missing'],
    },
  ],
  ['client-managed-user-id-missing', { claims: { userId: undefined, userid: 'ada' } }],
  ['client-managed-user-id-missing', { claims: { userId: '' } }],
  ['client-managed-user-id-missing', { claims: { userId: ' \t' } }],
  [
    'client-managed-user-directory-missing',
    { claims: { userDirectory: undefined, directory: 'ACME' } },
  ],
  ['client-managed-user-directory-missing', { claims: { userDirectory: '' } }],
  ['client-managed-user-directory-missing', { claims: { userDirectory: ' ' } }],
  ['client-managed-user-type', { claims: { userId: 42 } }],
  ['client-managed-user-type', { claims: { userDirectory: ['ACME'] } }],
  ['client-managed-user-directory-differs', { claims: { userDirectory: 'OTHER' } }],
  [
    'client-managed-internal-directory',
    { claims: { userDirectory: 'Internal' }, also: ['client-managed-user-directory-differs'] },
  ],
  ['client-managed-audience', { claims: { aud: undefined } }],
  ['client-managed-audience', { claims: { aud: 'Sense.acme.example' } }],
  ['client-managed-audience', { claims: { aud: ['sense.acme.example', 'x'] } }],
  ['client-managed-audience-unasked', { deployment: { audience: undefined } }],
  ['client-managed-expiry-missing', { claims: { exp: undefined } }],
  ['client-managed-long-life', { claims: { exp: testNow - 5 + 86_400 } }],
  [
    'client-managed-long-life',
    { claims: { nbf: undefined, iat: undefined, exp: testNow + 86_400 } },
  ],
  ['client-managed-time-type', { claims: { exp: String(testNow) } }],
  [
    'client-managed-time-in-milliseconds',
    { claims: { exp: (testNow + 55) * 1000 }, also: ['client-managed-long-life'] },
  ],
  [
    'client-managed-time-in-milliseconds',
    {
      claims: { nbf: testNow * 1000, exp: (testNow + 55) * 1000 },
      also: ['client-managed-not-yet-valid'],
    },
  ],
  ['client-managed-semicolon', { claims: { userId: 'ada; UserDirectory=INTERNAL' } }],
  ['client-managed-semicolon', { claims: { group: ['sales', 'a;b'] } }],
  [
    'client-managed-time-order',
    { claims: { nbf: testNow - 5, exp: testNow - 6 }, also: ['client-managed-clock-tolerance'] },
  ],
  [
    'client-managed-expired',
    { claims: { iat: testNow - 90, nbf: testNow - 90, exp: testNow - 60 } },
  ],
  ['client-managed-not-yet-valid', { claims: { nbf: testNow + 61, exp: testNow + 99 } }],
  ['client-managed-clock-tolerance', { claims: { nbf: testNow + 60, exp: testNow + 99 } }],
  ['client-managed-issued-in-future', { claims: { iat: testNow + 1 } }],
  ['client-managed-group-name', { claims: { group: undefined, groups: ['sales'] } }],
  ['client-managed-mapped-claim-missing', { claims: { group: undefined } }],
  ['client-managed-mapped-claim-missing', { claims: { dept: undefined, group: undefined } }],
  ['client-managed-attribute-type', { claims: { dept: 7 } }],
  ['client-managed-attribute-type', { claims: { group: [{ name: 'sales' }] } }],
  ['client-managed-unmapped-claims', { claims: { email: 'ada@acme.example' } }],
  ['client-managed-unmapped-claims', { claims: { anything: 'x' } }],
  ['client-managed-key-not-named', { options: { key: undefined, jwks: { keys: [] } } }],
]

async function check({ header = {}, claims = {}, deployment = {}, options = {} }: Breach) {
  const token = await key.sign(
    { ...goodClientManagedHeader, ...header },
    { ...goodClaims, ...claims },
  )
  const changed = { ...testServer, ...deployment } as ClientManagedDeployment
  return checkToken(token, changed, { at, key: key.jwk, ...options })
}

describe('the rules of client-managed Qlik', () => {
  it('say nothing of a good token, by each of the three algorithms', async () => {
    for (const alg of ['RS256', 'RS384', 'RS512'])
      expect(await check({ header: { alg } })).toEqual([])
    expect(await check({ claims: { dept: ['R&D'], group: 'sales' } })).toEqual([])
    expect(await check({ claims: { exp: testNow - 5 + 86_399 } })).toEqual([])
    const deployment = { audience: undefined }
    expect(await check({ deployment, claims: { aud: undefined } })).toEqual([])
  })

  it.each(breaches.map(([id, breach], index) => ({ id, breach, index })))(
    'name $id ($index), and no other',
    async ({ id, breach }) => {
      const findings = await check(breach)
      const expected = [id, ...(breach.also ?? [])].sort()
      expect(findings.map((one) => one.id).sort()).toEqual(expected)
      for (const finding of findings) expect(finding.detail).toMatch(/^[A-Z`].*\.$/)
    },
  )

  it('are each broken above', () => {
    expect([...new Set(breaches.map(([id]) => id))].sort()).toEqual(
      clientManagedRules.map(({ id }) => id).sort(),
    )
  })

  it('read no user directory where the virtual proxy has a constant', async () => {
    const deployment = named({ userDirectory: '[ACME]' })
    expect(await check({ deployment, claims: { userDirectory: undefined } })).toEqual([])
    const [finding] = await check({ deployment })
    expect(finding?.id).toBe('client-managed-unmapped-claims')
  })

  it('find no claim that every object of JavaScript has', async () => {
    const deployment = named({ userId: 'constructor', groups: 'toString' })
    const ids = (await check({ deployment, claims: { userId: undefined } })).map(({ id }) => id)
    expect(ids).toContain('client-managed-user-id-missing')
    expect(ids).not.toContain('client-managed-attribute-type')
  })

  it('take the server’s clock tolerance when it is known', async () => {
    const ahead = { nbf: testNow + 5, iat: testNow + 5 }
    expect(await check({ claims: ahead, options: { clockToleranceSeconds: 5 } })).toEqual([])
    const findings = await check({ claims: ahead, options: { clockToleranceSeconds: 4 } })
    expect(findings.map(({ id }) => id)).toEqual([
      'client-managed-not-yet-valid',
      'client-managed-issued-in-future',
    ])
  })

  it('show the names that stand in place of the right one', async () => {
    const [finding] = await check({ claims: { userId: undefined, UserId: 'ada' } })
    expect(finding?.detail).toBe('The payload has no `userId`. There is `UserId` in its place.')
  })

  it('name the claims of the mapping that are missing, and those alone', async () => {
    const detailOf = async (claims: object) => (await check({ claims }))[0]?.detail
    expect(await detailOf({ dept: undefined })).toBe('The payload has no `dept`.')
    expect(await detailOf({ dept: undefined, group: undefined })).toBe(
      'The payload has no `group` and no `dept`.',
    )
    // Of groups under another name, the rule for their name tells.
    expect(
      (await check({ claims: { group: undefined, Group: ['a'] } })).map(({ id }) => id),
    ).toEqual(['client-managed-group-name'])
  })
})

describe('checking a client-managed deployment itself', () => {
  it('tells `sub` as not known and a reserved name as refused, and nothing of a good one', () => {
    expect(checkDeployment(testServer)).toEqual([])
    const withNames = (change: object) =>
      checkDeployment({ ...testServer, ...named(change) } as ClientManagedDeployment)
    expect(withNames({ userId: 'sub' })).toMatchObject([
      { id: 'client-managed-sub-as-name', effect: 'unknown', detail: '`claims.userId` is `sub`.' },
    ])
    expect(withNames({ attributes: { a: 'exp', b: 'iss' } })).toMatchObject([
      {
        id: 'client-managed-reserved-name',
        effect: 'refused',
        detail: '`claims.attributes` is `exp`. `claims.attributes` is `iss`.',
      },
    ])
  })

  it('throws for a deployment that says nothing', () => {
    expect(() => checkDeployment({ ...testServer, url: 'x' })).toThrow(
      expect.objectContaining({ code: 'ERR_TOKEN_DEPLOYMENT' }),
    )
    expect(() => checkDeployment({ product: 'toString' } as never)).toThrow(TypeError)
  })
})
