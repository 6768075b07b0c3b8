import { createPublicKey, verify } from 'node:crypto'
import { signingKeyFromCryptoKey } from 'jotgate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAssertionSigner } from './assertion-signer.ts'
import { type PortalUnderTest, requestAt, startPortalUnderTest } from './portal-under-test.ts'

const throughGateway = {
  publicUrl: 'http://www.acme.localhost:3000',
  qlikUrl: 'http://qlik.acme.localhost:4080',
  way: 'gateway',
} as const
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
  const assertionSigner = createAssertionSigner({
    key,
    issuer: 'portal.acme.example',
    gatewayUrl: throughGateway.qlikUrl,
    clock: () => now,
  })
  portal = await startPortalUnderTest({ otherAddresses: [throughGateway], assertionSigner })
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
      aud: throughGateway.qlikUrl,
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

describe('the configuration of a page', () => {
  it('names the gateway at its address alone, and each way the other', async () => {
    const { host } = new URL(throughGateway.publicUrl)
    const headers = {
      host,
      origin: throughGateway.publicUrl,
      'content-type': 'application/x-www-form-urlencoded',
    }
    const login = { path: '/login', method: 'POST', headers, body: 'user=ada' }
    const signedIn = await requestAt(portal.port, login)
    const cookie = String(signedIn.headers['set-cookie']).split(';')[0] ?? ''
    const there = await requestAt(portal.port, { path: '/config.json', headers: { host, cookie } })
    expect(JSON.parse(there.body)).toMatchObject({ way: 'gateway', otherWayUrl: portal.url })
    expect(JSON.parse(there.body).qlik).toEqual({ url: throughGateway.qlikUrl, appId: 'app-1' })
    const here = await portal.get('/config.json', await portal.signIn('ada'))
    expect(await here.json()).toMatchObject({
      way: 'direct',
      otherWayUrl: throughGateway.publicUrl,
      qlik: { webIntegrationId: 'integration-1' },
    })
  })
})

it('a portal whose pages go through a gateway needs who signs for it', async () => {
  await expect(startPortalUnderTest({ otherAddresses: [throughGateway] })).rejects.toThrow(
    'assertionSigner is needed',
  )
})
