import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PortalUnderTest, requestAt, startPortalUnderTest } from './portal-under-test.ts'

const crossSite = {
  publicUrl: 'http://portal.localhost:3000',
  qlikUrl: 'http://qlik.localhost:4848',
}
let portal: PortalUnderTest

beforeAll(async () => {
  portal = await startPortalUnderTest({ otherAddresses: [crossSite] })
})

afterAll(() => portal.close())

/** Signs in at an address, as a browser there does. */
async function signInAt(host: string, origin: string) {
  return requestAt(portal.port, {
    path: '/login',
    method: 'POST',
    headers: { host, origin, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'user=ada&to=%2Frest',
  })
}

describe('a portal with two addresses', () => {
  it('names at each the Qlik that goes with it, in policy and configuration', async () => {
    const { host } = new URL(crossSite.publicUrl)
    const signedIn = await signInAt(host, crossSite.publicUrl)
    expect(signedIn.status).toBe(303)
    const cookie = String(signedIn.headers['set-cookie']).split(';')[0] ?? ''
    const there = await requestAt(portal.port, { path: '/', headers: { host, cookie } })
    expect(there.headers['content-security-policy']).toContain(
      "connect-src 'self' http://qlik.localhost:4848 ws://qlik.localhost:4848",
    )
    expect(there.headers['content-security-policy']).not.toContain('http://localhost:4848')
    const config = await requestAt(portal.port, { path: '/config.json', headers: { host, cookie } })
    expect(JSON.parse(config.body)).toMatchObject({
      qlik: { url: 'http://qlik.localhost:4848' },
      mainUrl: portal.url,
    })

    const here = await portal.get('/config.json', await portal.signIn('ada'))
    expect(await here.json()).toMatchObject({ qlik: { url: 'http://localhost:4848' } })
  })

  it('gives pages of one address nothing at the other', async () => {
    const { host } = new URL(crossSite.publicUrl)
    expect((await signInAt(host, portal.url)).status).toBe(403)
    expect((await signInAt(new URL(portal.url).host, crossSite.publicUrl)).status).toBe(403)
  })

  it.each(['evil.example', 'portal.localhost', 'portal.localhost:3000.evil.example', ''])(
    'takes nothing from the unknown Host %j',
    async (host) => {
      const answer = await requestAt(portal.port, { path: '/', headers: { host } })
      expect(JSON.stringify(answer)).not.toMatch(/evil|qlik\.localhost/)
      // 400 where it is not a host at all.
      expect([400, 403]).toContain((await signInAt(host, `http://${host}`)).status)
    },
  )

  it.each([
    [{ ...crossSite, publicUrl: 'portal.localhost' }, /otherAddresses\[0\]\.publicUrl/],
    [
      { ...crossSite, qlikUrl: 'http://acme.eu.qlikcloud.com' },
      /otherAddresses\[0\]\.qlikUrl.*https/,
    ],
  ])('refuses %j', async (address, message) => {
    await expect(startPortalUnderTest({ otherAddresses: [address] })).rejects.toThrow(message)
  })
})

describe('the way on after signing in', () => {
  it('leads to the view that somebody came for', async () => {
    const { host } = new URL(portal.url)
    expect((await signInAt(host, portal.url)).headers.location).toBe('/rest')
  })

  it.each([
    '//evil.example',
    'https://evil.example/',
    '/token',
    '/rest/../x',
    'javascript:alert(1)',
  ])('never leads to %s', async (to) => {
    const answer = await requestAt(portal.port, {
      path: '/login',
      method: 'POST',
      headers: { origin: portal.url, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ user: 'ada', to }).toString(),
    })
    expect(answer).toMatchObject({ status: 303, headers: { location: '/' } })
  })

  it('starts at the sign-in page of each view', async () => {
    const page = await (await portal.get('/qlik-embed')).text()
    expect(page).toContain('Sign in')
    expect(page).toContain('value="/qlik-embed"')
  })
})

describe('the policy of a view', () => {
  it.each([
    ['/', "script-src 'self';", "style-src 'self' 'unsafe-inline'", undefined],
    ['/embed/iframe', "script-src 'self';", "'unsafe-inline'", 'frame-src http://localhost:4848'],
    ['/rest', "script-src 'self';", "style-src 'self';", undefined],
    ['/enigma', "script-src 'self';", "style-src 'self';", undefined],
    ['/qlik-api', "script-src 'self' http://localhost:4848;", "style-src 'self';", undefined],
    ['/qlik-embed', "script-src 'self' http://localhost:4848;", "'unsafe-inline'", undefined],
  ])('at %s lets in what the view needs and no more', async (path, scripts, styles, frames) => {
    const answer = await portal.get(path, await portal.signIn('ada'))
    const policy = answer.headers.get('content-security-policy') ?? ''
    expect(policy).toContain(scripts)
    expect(policy).toContain(styles)
    if (frames) expect(policy).toContain(frames)
    else expect(policy).not.toContain('frame-src')
    expect(policy).not.toMatch(/script-src[^;]*unsafe|\*|https:/)
  })
})
