import { clientManaged, createSigner, decodeToken, signingKeyFromCryptoKey } from 'jotgate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PortalUnderTest, requestAt, startPortalUnderTest } from './portal-under-test.ts'

const url = 'http://sense.localhost:4849'
let portal: PortalUnderTest
let cookie: string

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
  const key = await signingKeyFromCryptoKey({ ...pair, kid: 'server' })
  const claims = {
    userId: 'userId',
    userDirectory: 'userDirectory',
    groups: 'group',
    attributes: { name: 'name' },
  }
  const deployment = clientManaged({ url, prefix: 'jwt', userDirectory: 'ACME', claims })
  portal = await startPortalUnderTest({
    server: {
      place: { url, prefix: 'jwt', appId: 'app-2' },
      signer: createSigner({ deployment, key }),
    },
  })
  cookie = await portal.signIn('ada')
})

afterAll(() => portal.close())

const path = '/token/client-managed'

describe('a portal with client-managed Qlik', () => {
  it('signs a token of that product for who is signed in', async () => {
    const response = await portal.askForToken({ Cookie: cookie }, '{}', path)
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    const { token } = (await response.json()) as { token: string }
    const claims = decodeToken(token).payload
    expect(claims).toMatchObject({
      userId: 'ada',
      userDirectory: 'ACME',
      name: 'Ada Lovelace',
      group: ['studio-warner'],
    })
    expect(claims).not.toHaveProperty('sub')
  })

  it('signs none for anybody else, nor at another page’s request', async () => {
    expect((await portal.askForToken({}, '{}', path)).status).toBe(401)
    const foreign = { Cookie: cookie, Origin: 'https://evil.example' }
    expect((await portal.askForToken(foreign, '{}', path)).status).toBe(403)
    const named = await portal.askForToken({ Cookie: cookie }, '{"userId":"bjorn"}', path)
    expect(named.status).toBe(400)
    const get = await requestAt(portal.port, { path, headers: { Cookie: cookie } })
    expect(get).toMatchObject({ status: 405, headers: { allow: 'POST' } })
  })

  it('tells its pages where that Qlik is, and each view lets in scripts and frames of its own alone', async () => {
    const config = await (await portal.get('/config.json', cookie)).json()
    expect(config).toMatchObject({ server: { url, prefix: 'jwt', appId: 'app-2', userId: 'ada' } })
    const policyOf = async (view: string) =>
      (await portal.get(view, cookie)).headers.get('content-security-policy')
    expect(await policyOf('/client-managed/hub')).toContain(`frame-src ${url}`)
    expect(await policyOf('/client-managed')).toContain(`script-src 'self' ${url};`)
    expect(await policyOf('/qlik-embed')).toContain("script-src 'self' http://localhost:4848;")
    // A sign-out ends the session at the other product too.
    for (const view of ['/', '/client-managed'])
      expect(await policyOf(view)).toContain(
        `connect-src 'self' http://localhost:4848 ${url} ws://localhost:4848 ${url.replace('http', 'ws')}`,
      )
  })
})

it('without client-managed Qlik its views and tokens are not there', async () => {
  const other = await startPortalUnderTest()
  const signedIn = await other.signIn('ada')
  for (const view of ['/client-managed', '/client-managed/hub'])
    expect((await other.get(view, signedIn)).status).toBe(404)
  expect((await other.askForToken({ Cookie: signedIn }, '{}', path)).status).toBe(404)
  await other.close()
})
