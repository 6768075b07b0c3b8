import { createSign, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTenant, type TestTenant } from '../testing/tenant.ts'
import { assertionType } from './client-assertion.ts'
import { type Client, oauthOf } from './oauth.fixture.ts'

let rsa: { publicKey: KeyObject; privateKey: KeyObject }
let ec: { publicKey: KeyObject; privateKey: KeyObject }
let tenant: TestTenant
beforeAll(() => {
  rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  ec = generateKeyPairSync('ec', { namedCurve: 'P-384' })
})
beforeEach(async () => {
  tenant = await startTenant()
})
afterEach(() => tenant.close())
const { create, ask, get } = oauthOf(() => tenant)

const byKey = () =>
  create({
    allowedAuthMethods: ['private_key_jwt'],
    publicKeys: [
      { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'rsa-1' },
      { ...ec.publicKey.export({ format: 'jwk' }), kid: 'ec-1' },
    ],
  })

const claimsOf = ({ clientId }: Client) => {
  const now = Math.floor(tenant.emulator.clock.now().getTime() / 1000)
  return {
    iss: clientId,
    sub: clientId,
    aud: `${tenant.emulator.url}/oauth/token`,
    jti: randomUUID() as unknown,
    iat: now,
    exp: now + 60,
  }
}

function assertionOf(claims: object, header: object = {}): string {
  const whole = { alg: 'RS256', typ: 'JWT', kid: 'rsa-1', ...header }
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
  const text = `${encode(whole)}.${encode(claims)}`
  const signature =
    whole.alg === 'ES384'
      ? sign('sha384', Buffer.from(text), { key: ec.privateKey, dsaEncoding: 'ieee-p1363' })
      : createSign(whole.alg === 'RS512' ? 'sha512' : 'sha256')
          .update(text)
          .sign(rsa.privateKey)
  return `${text}.${signature.toString('base64url')}`
}

const prove = (client: Client, assertion: unknown) =>
  ask({
    grant_type: 'client_credentials',
    client_id: client.clientId,
    client_assertion_type: assertionType,
    client_assertion: assertion,
  })

describe('a client that proves itself by its key', () => {
  it.each([
    ['RS256', 'rsa-1'],
    ['RS512', 'rsa-1'],
    ['ES384', 'ec-1'],
  ])('gets a token that administers, by %s', async (alg, kid) => {
    const client = await byKey()
    const { status, body } = await prove(client, assertionOf(claimsOf(client), { alg, kid }))
    expect(status).toBe(200)
    expect((await get('/api/v1/identity-providers', body.access_token)).status).toBe(200)
  })

  it('uses an assertion once', async () => {
    const client = await byKey()
    const assertion = assertionOf(claimsOf(client))
    expect((await prove(client, assertion)).status).toBe(200)
    expect(await prove(client, assertion)).toMatchObject({
      status: 401,
      body: { errors: [{ detail: 'client_assertion was used before' }] },
    })
  })

  it.each([
    ['of another issuer', { iss: 'other' }, /iss and sub/],
    ['of another subject', { sub: 'other' }, /iss and sub/],
    ['for another audience', { aud: 'https://other.example/oauth/token' }, /aud must be/],
    ['without jti', { jti: 7 }, /jti is required/],
    ['that has expired', { exp: 1 }, /has expired/],
    ['that lives long', { exp: 9_999_999_999 }, /longer than an hour/],
  ])('is refused with an assertion %s', async (_, change, words) => {
    const client = await byKey()
    const { status, body } = await prove(client, assertionOf({ ...claimsOf(client), ...change }))
    expect(status).toBe(401)
    expect(body.errors?.[0]?.detail).toMatch(words)
  })

  it.each([{ alg: 'RS384' }, { alg: 'none' }, { kid: 'rsa-2' }, { alg: 'ES384' }])(
    'is refused with the header %j',
    async (header) => {
      const client = await byKey()
      const { status, body } = await prove(client, assertionOf(claimsOf(client), header))
      expect(status).toBe(401)
      expect(body.errors?.[0]?.detail).toMatch(/not signed by a key of the client/)
    },
  )

  it('is refused where only its secret counts, and with a secret where only its key does', async () => {
    const bySecret = await create()
    expect((await prove(bySecret, assertionOf(claimsOf(bySecret)))).status).toBe(401)
    const client = await byKey()
    const { clientId: client_id, clientSecret: client_secret } = client
    const grant = { grant_type: 'client_credentials', client_id, client_secret }
    expect((await ask(grant)).status).toBe(401)
    expect((await prove(client, 'nonsense')).status).toBe(401)
  })
})
