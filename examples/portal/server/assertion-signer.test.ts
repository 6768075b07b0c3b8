import { createPublicKey, verify } from 'node:crypto'
import { signingKeyFromCryptoKey } from 'jotgate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAssertionSigner } from './assertion-signer.ts'
import { type PortalUnderTest, requestAt, startPortalUnderTest } from './portal-under-test.ts'

const throughGateway = {
  publicUrl: 'http://www.acme.localhost:3000',
  qlikUrl: 'http://tenant.cloud.localhost:4848',
  gateway: { qlikUrl: 'http://qlik.acme.localhost:4080' },
}
const now = Date.UTC(2026, 0, 1)
let portal: PortalUnderTest
let key: Awaited<ReturnType<typeof signingKeyFromCryptoKey>>

beforeAll(async () => {
  const pair = await crypto.subtle.generateKey(
    {
      name: 'RSASSA-PKCS1-v1_5',
      hash: 'SHA-256',
      modulusLength: 2048,
      publicExponent: new Uint8Array([1, 0, 1]),
    },
    false,
    ['sign', 'verify'],
  )
  key = await signingKeyFromCryptoKey({ ...pair, kid: 'assertion' })
  const cloud = createAssertionSigner({
    key,
    issuer: 'portal.acme.example',
    gatewayUrl: throughGateway.gateway.qlikUrl,
    clock: () => now,
  })
  portal = await startPortalUnderTest({
    otherAddresses: [throughGateway],
    assertionSigners: { cloud },
  })
})
afterAll(() => portal.close())

const read = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString())

/** The parts of the assertion in an answer. */
async function assertionOf(answer: Response): Promise<string[]> {
  const { token } = (await answer.json()) as { token: string }
  return token.split('.')
}

describe('POST /assertion', () => {
  it('tells the gateway, and nobody else, who is logged in', async () => {
    const cookie = await portal.signIn('ada')
    const answer = await portal.askForToken({ Cookie: cookie }, '{}', '/assertion')
    expect(answer.status).toBe(200)
    const [header, claims, signature = ''] = await assertionOf(answer)
    expect(read(header)).toEqual({ alg: 'RS256', kid: 'assertion', typ: 'JWT' })
    expect(read(claims)).toEqual({
      iss: 'portal.acme.example',
      aud: throughGateway.gateway.qlikUrl,
      sub: 'acme|ada',
      name: 'Ada Lovelace',
      email: 'ada@acme.example',
      email_verified: true,
      groups: ['studio-warner'],
      jti: expect.stringMatching(/^[\w-]{36}$/),
      iat: now / 1000,
      exp: now / 1000 + 60,
    })
    const publicKey = createPublicKey({ key: { ...key.publicJwk }, format: 'jwk' })
    const signed = Buffer.from(`${header}.${claims}`)
    expect(verify('RSA-SHA256', signed, publicKey, Buffer.from(signature, 'base64url'))).toBe(true)
    const again = await portal.askForToken({ Cookie: cookie }, '{}', '/assertion')
    const [, claimsAgain] = await assertionOf(again)
    expect(read(claimsAgain).jti).not.toBe(read(claims).jti)
  })

  it('gives nothing to who is not logged in, and to other pages', async () => {
    expect((await portal.askForToken({}, '{}', '/assertion')).status).toBe(401)
    const Cookie = await portal.signIn('ada')
    const elsewhere = { Cookie, Origin: 'http://evil.localhost' }
    expect((await portal.askForToken(elsewhere, '{}', '/assertion')).status).toBe(403)
    const asBjorn = await portal.askForToken({ Cookie }, '{"sub":"acme|bjorn"}', '/assertion')
    expect(asBjorn.status).toBe(400)
  })

  it('is not there without a gateway', async () => {
    const direct = await startPortalUnderTest()
    const Cookie = await direct.signIn('ada')
    expect((await direct.askForToken({ Cookie }, '{}', '/assertion')).status).toBe(404)
    await direct.close()
  })
})

describe('the address with a gateway', () => {
  const { host } = new URL(throughGateway.publicUrl)
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    requestAt(portal.port, {
      path,
      method: 'POST',
      headers: {
        host,
        origin: throughGateway.publicUrl,
        'content-type': 'application/x-www-form-urlencoded',
        ...headers,
      },
      body,
    })
  const cookieOf = (answer: { headers: Record<string, unknown> }) =>
    String(answer.headers['set-cookie']).split(';')[0] ?? ''
  const get = (path: string, cookie: string) =>
    requestAt(portal.port, { path, headers: { host, cookie } })

  it('leads pages through it until somebody chooses to go directly, and back again', async () => {
    const session = cookieOf(await post('/login', 'user=ada'))
    const config = async (cookie = session) => JSON.parse((await get('/config.json', cookie)).body)
    const policy = async (cookie = session) =>
      (await get('/', cookie)).headers['content-security-policy']
    expect(await config()).toMatchObject({
      way: 'gateway',
      otherWayUrl: throughGateway.publicUrl,
      qlik: { url: throughGateway.gateway.qlikUrl, appId: 'app-1' },
    })
    expect((await config()).qlik).not.toHaveProperty('webIntegrationId')
    expect(await policy()).toContain('qlik.acme')
    expect(await policy()).not.toContain('tenant.cloud')

    const chosen = await post('/way', 'way=direct&to=%2Frest')
    expect(chosen).toMatchObject({ status: 303, headers: { location: '/rest' } })
    expect(String(chosen.headers['set-cookie'])).toMatch(/; HttpOnly; SameSite=Lax$/)
    const direct = `${session}; ${cookieOf(chosen)}`
    expect(await config(direct)).toMatchObject({
      way: 'direct',
      otherWayUrl: throughGateway.publicUrl,
      qlik: { url: throughGateway.qlikUrl, webIntegrationId: 'integration-1' },
    })
    expect(await policy(direct)).not.toContain('qlik.acme')
    const back = `${session}; ${cookieOf(await post('/way', 'way=gateway'))}`
    expect(await config(back)).toMatchObject({ way: 'gateway' })
  })

  it('takes no choice of another site, no other way, and leads nowhere else', async () => {
    expect((await post('/way', 'way=direct', { origin: 'http://evil.localhost' })).status).toBe(403)
    const unknown = await post('/way', 'way=sideways&to=%2F%2Fevil.example')
    expect(unknown).toMatchObject({ status: 303, headers: { location: '/' } })
    expect(unknown.headers).not.toHaveProperty('set-cookie')
    const session = cookieOf(await post('/login', 'user=ada'))
    const made = JSON.parse((await get('/config.json', `${session}; portal-way=sideways`)).body)
    expect(made.way).toBe('gateway')
  })

  it('is named at an address without one', async () => {
    const here = await portal.get('/config.json', await portal.signIn('ada'))
    expect(await here.json()).toMatchObject({
      way: 'direct',
      otherWayUrl: throughGateway.publicUrl,
      qlik: { webIntegrationId: 'integration-1' },
    })
  })
})

describe('a portal whose pages go through a gateway', () => {
  it('needs who signs for it', async () => {
    await expect(startPortalUnderTest({ otherAddresses: [throughGateway] })).rejects.toThrow(
      'assertionSigners is needed',
    )
  })

  it('needs one for each', async () => {
    const gateway = { ...throughGateway.gateway, serverUrl: 'http://sense.acme.localhost:4080' }
    const otherAddresses = [{ ...throughGateway, gateway }]
    const cloud = { sign: async () => ({ token: '', jti: '' }) }
    await expect(
      startPortalUnderTest({ otherAddresses, assertionSigners: { cloud } }),
    ).rejects.toThrow('assertionSigners is needed')
  })

  it('refuses an address of it that is none', async () => {
    const gateway = { qlikUrl: 'http://qlik.acme.example' }
    await expect(
      startPortalUnderTest({ otherAddresses: [{ ...throughGateway, gateway }] }),
    ).rejects.toThrow(/otherAddresses\[0\]\.gateway\.qlikUrl.*https/)
  })
})
