import { beforeAll, describe, expect, it } from 'vitest'
import { type CheckOptions, checkToken } from '../../check.ts'
import { cloud } from '../../deployment.ts'
import {
  goodCloudClaims,
  goodCloudHeader,
  makeTestKey,
  type TestKey,
  testNow,
} from '../tokens.fixture.ts'
import { cloudRules } from './index.ts'

const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
const at = new Date(testNow * 1000)
const { groups: _groups, ...withoutGroups } = goodCloudClaims
let key: TestKey
let otherKey: TestKey

beforeAll(async () => {
  key = await makeTestKey()
  otherKey = await makeTestKey()
})

interface Breach {
  header?: object
  claims?: object
  options?: CheckOptions
  /** Other rules that the same token breaks. */
  also?: string[]
}

/** What breaks each rule of Qlik Cloud, each by one change to a good token. */
const breaches: [string, Breach][] = [
  ['cloud-algorithm-hmac', { header: { alg: 'HS256' } }],
  ['cloud-algorithm-hmac', { header: { alg: ' hs512 ' } }],
  ['cloud-algorithm-none', { header: { alg: 'none' } }],
  ['cloud-algorithm-none', { header: { alg: 'nOnE ' } }],
  ['cloud-algorithm-none', { header: { alg: undefined } }],
  ['cloud-algorithm-none', { header: { alg: ['RS256'] } }],
  ['cloud-algorithm-other', { header: { alg: 'RS512' } }],
  ['cloud-algorithm-other', { header: { alg: 'PS256' } }],
  ['cloud-algorithm-other', { header: { alg: 'rs256' } }],
  ['cloud-key-id-missing', { header: { kid: undefined } }],
  ['cloud-key-id-missing', { header: { kid: '' } }],
  ['cloud-key-id-missing', { header: { kid: 7 } }],
  ['cloud-key-id-in-payload', { header: { kid: undefined }, claims: { kid: 'acme-1' } }],
  ['cloud-key-id-in-payload', { header: { kid: undefined }, claims: { keyid: 'acme-1' } }],
  ['cloud-key-id-unknown', { options: { key: { kid: 'acme-2' } } }],
  ['cloud-issuer', { claims: { iss: undefined } }],
  ['cloud-issuer', { claims: { iss: 'Acme.example' } }],
  ['cloud-issuer', { claims: { iss: ['acme.example'] } }],
  ['cloud-audience', { claims: { aud: undefined } }],
  ['cloud-audience', { claims: { aud: 'https://acme.eu.qlikcloud.com/' } }],
  ['cloud-audience', { claims: { aud: 'qlik.api/jwt-login-session' } }],
  ['cloud-audience', { claims: { aud: ['qlik.api/login/jwt-session', 'other'] } }],
  ['cloud-audience', { claims: { aud: [] } }],
  ['cloud-audience-list', { claims: { aud: ['qlik.api/login/jwt-session'] } }],
  [
    'cloud-made-for-client-managed',
    {
      claims: { sub: undefined, userId: 'ada', userDirectory: 'ACME' },
      also: ['cloud-subject-missing', 'cloud-unread-claims'],
    },
  ],
  ['cloud-subject-missing', { claims: { sub: undefined } }],
  ['cloud-subject-missing', { claims: { sub: '' } }],
  ['cloud-subject-missing', { claims: { sub: 42 } }],
  ['cloud-subject-type-missing', { claims: { subType: undefined } }],
  ['cloud-subject-type', { claims: { subType: 'User' } }],
  ['cloud-random-subject', { claims: { sub: '3f1c1a52-8f5e-4a51-9d2e-6f0b3a7c9d10' } }],
  [
    'cloud-random-subject',
    { claims: { sub: 'x0dLkP3Yb8fQm2Zt7Wc5Rv9Ns4Hj6Ga1Eu0Iq_Bo-TyXlDwCzKpMr' } },
  ],
  [
    'cloud-subject-changes',
    {
      options: { earlier: [{ ...goodCloudClaims, jti: 'another', sub: 'acme|7' }] },
      also: ['cloud-email-reused'],
    },
  ],
  [
    'cloud-email-reused',
    {
      options: {
        earlier: [{ sub: 'acme|7', email: 'Ada@acme.example', name: 'Somebody else' }],
      },
    },
  ],
  ['cloud-name-missing', { claims: { name: undefined } }],
  ['cloud-name-missing', { claims: { name: ' ' } }],
  ['cloud-name-missing', { claims: { name: null } }],
  ['cloud-email-missing', { claims: { email: undefined } }],
  ['cloud-email-missing', { claims: { email: [] } }],
  ['cloud-email-form', { claims: { email: 'ada.king lovelace@acme.example' } }],
  ['cloud-email-form', { claims: { email: 'ada' } }],
  ['cloud-email-form', { claims: { email: 'a@b@c' } }],
  ['cloud-email-verified-missing', { claims: { email_verified: undefined } }],
  ['cloud-email-verified-type', { claims: { email_verified: 'true' } }],
  ['cloud-email-verified-type', { claims: { email_verified: null } }],
  ['cloud-email-unverified', { claims: { email_verified: false } }],
  ['cloud-email-trusted-blindly', { claims: { sub: 'BackendApp|auth0|42' } }],
  ['cloud-token-id-missing', { claims: { jti: undefined } }],
  ['cloud-token-id-type', { claims: { jti: '' } }],
  ['cloud-token-id-type', { claims: { jti: 1.5 } }],
  ['cloud-token-id-number', { claims: { jti: 17_111_234_567 } }],
  ['cloud-token-id-short', { claims: { jti: '1' } }],
  ['cloud-token-id-reused', { options: { earlier: [goodCloudClaims] } }],
  ['cloud-issued-at-missing', { claims: { iat: undefined } }],
  ['cloud-not-before-missing', { claims: { nbf: undefined } }],
  ['cloud-expiry-missing', { claims: { exp: undefined } }],
  ['cloud-time-type', { claims: { exp: String(testNow + 55) } }],
  ['cloud-time-type', { claims: { iat: -1 } }],
  ['cloud-time-type', { claims: { nbf: null } }],
  [
    'cloud-time-in-milliseconds',
    { claims: { exp: (testNow + 55) * 1000 }, also: ['cloud-validity-window'] },
  ],
  [
    'cloud-time-order',
    { claims: { nbf: testNow - 5, exp: testNow - 5 }, also: ['cloud-clock-tolerance'] },
  ],
  ['cloud-validity-window', { claims: { exp: testNow - 5 + 3601 } }],
  ['cloud-expired', { claims: { iat: testNow - 180, nbf: testNow - 180, exp: testNow - 60 } }],
  [
    'cloud-expired',
    {
      claims: { iat: testNow - 60, nbf: testNow - 60, exp: testNow },
      options: { clockToleranceSeconds: 0 },
    },
  ],
  [
    'cloud-not-yet-valid',
    { claims: { nbf: testNow + 61, exp: testNow + 120 }, also: ['cloud-not-before-after-issue'] },
  ],
  ['cloud-clock-tolerance', { claims: { iat: testNow - 60, nbf: testNow - 60, exp: testNow - 1 } }],
  [
    'cloud-clock-tolerance',
    { claims: { nbf: testNow + 1 }, also: ['cloud-not-before-after-issue'] },
  ],
  ['cloud-issued-in-future', { claims: { iat: testNow + 1 } }],
  ['cloud-not-before-after-issue', { claims: { iat: testNow - 10, nbf: testNow - 9 } }],
  ['cloud-group-for-groups', { claims: { groups: undefined, group: ['sales'] } }],
  ['cloud-group-for-groups', { claims: { groups: undefined, roles: 'sales' } }],
  ['cloud-groups-type', { claims: { groups: 'sales' } }],
  ['cloud-groups-type', { claims: { groups: ['sales', 1] } }],
  ['cloud-group-name', { claims: { groups: [''] } }],
  ['cloud-group-name', { claims: { groups: ['sales', ' '] } }],
  ['cloud-group-name', { claims: { groups: ['g'.repeat(257)] } }],
  ['cloud-groups-empty', { claims: { groups: [] } }],
  ['cloud-unread-claims', { claims: { role: 'TenantAdmin' } }],
  ['cloud-unread-claims', { claims: { anything: 1 } }],
  ['cloud-unread-claims', { claims: { kid: 'acme-1' } }],
]

async function check({ header = {}, claims = {}, options = {} }: Breach, signer = key) {
  const token = await signer.sign(
    { ...goodCloudHeader, ...header },
    { ...goodCloudClaims, ...claims },
  )
  const { key: changed = {}, ...others } = options
  return checkToken(token, tenant, { at, key: { ...key.jwk, ...(changed as object) }, ...others })
}

describe('the rules of Qlik Cloud', () => {
  it('say nothing of a good token, whether it has groups or not', async () => {
    expect(await check({})).toEqual([])
    const token = await key.sign(goodCloudHeader, withoutGroups)
    expect(await checkToken(token, tenant, { at, key: key.jwk })).toEqual([])
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
      cloudRules.map(({ id }) => id).sort(),
    )
  })

  it('let pass what is just within', async () => {
    for (const within of [
      { claims: { exp: testNow - 5 + 3600 } },
      { claims: { jti: 'j'.repeat(22) } },
      { claims: { groups: ['g'.repeat(256)] } },
      { claims: { iat: testNow - 59, nbf: testNow - 59, exp: testNow + 1 } },
      { claims: { nbf: testNow } },
      { claims: { sub: 'auth0|a08D000001C6YtJIAV' } },
      { options: { earlier: [{ ...goodCloudClaims, iss: 'other.example' }] } },
      { options: { earlier: [{ ...goodCloudClaims, jti: 'another' }] } },
    ])
      expect(await check(within), JSON.stringify(within)).toEqual([])
  })

  it('compare addresses without case, and no ID where there is none', async () => {
    const other = { ...goodCloudClaims, sub: 'acme|7', name: 'Grace', jti: 'x' }
    const idsWith = async (claims: object, earlier: object) =>
      (await check({ claims, options: { earlier: [earlier as Record<string, unknown>] } })).map(
        ({ id }) => id,
      )
    expect(await idsWith({}, { ...other, email: 'Ada@ACME.example' })).toEqual([
      'cloud-email-reused',
    ])
    expect(await idsWith({ email: 'ADA@acme.example' }, other)).toEqual(['cloud-email-reused'])
    expect(await idsWith({}, { ...other, email: 'grace@acme.example' })).toEqual([])
    expect(await idsWith({}, { ...other, email: 7 })).toEqual([])
    expect(await idsWith({ jti: undefined }, { iss: 'acme.example' })).toEqual([
      'cloud-token-id-missing',
    ])
  })

  it('take the identity provider’s clock tolerance when it is known', async () => {
    const ahead = { nbf: testNow + 5, iat: testNow + 5 }
    expect(await check({ claims: ahead, options: { clockToleranceSeconds: 5 } })).toEqual([])
    const findings = await check({ claims: ahead, options: { clockToleranceSeconds: 4 } })
    expect(findings.map(({ id }) => id)).toEqual(['cloud-not-yet-valid', 'cloud-issued-in-future'])
  })

  it('tell another key, and that none was given', async () => {
    const wrong = await check({}, otherKey)
    expect(wrong.map(({ id }) => id)).toEqual(['signature-mismatch'])
    const token = await key.sign(goodCloudHeader, goodCloudClaims)
    const unchecked = await checkToken(token, tenant, { at })
    expect(unchecked.map(({ id }) => id)).toEqual(['signature-not-checked'])
  })

  it('say how a text differs, and show the expected one alone', async () => {
    const detailOf = async (claims: object) => (await check({ claims }))[0]?.detail
    const tells = 'The tenant trusts "acme.example". In the token'
    expect(await detailOf({ iss: 'ACME.example' })).toBe(
      `${tells} it differs in upper and lower case.`,
    )
    expect(await detailOf({ iss: 'acme.example/' })).toBe(
      `${tells} it differs by a slash at the end.`,
    )
    expect(await detailOf({ iss: ' acme.example' })).toBe(`${tells} it has blanks around it.`)
    expect(await detailOf({ iss: 'https://acme.example' })).toBe(
      `${tells} it differs by the https:// in front.`,
    )
    expect(await detailOf({ iss: 'secret' })).toBe(`${tells} it is another text.`)
    expect(await detailOf({ email_verified: undefined, emailVerified: true })).toBe(
      'The payload has no `email_verified`. There is `emailVerified`, which Qlik does not read.',
    )
  })
})
