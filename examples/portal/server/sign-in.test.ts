import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type PortalUnderTest, startPortalUnderTest } from './portal-under-test.ts'

let portal: PortalUnderTest

beforeEach(async () => {
  portal = await startPortalUnderTest()
})

afterEach(() => portal.close())

function post(path: string, headers: Record<string, string>, user = 'ada'): Promise<Response> {
  return fetch(`http://127.0.0.1:${portal.port}${path}`, {
    method: 'POST',
    redirect: 'manual',
    headers,
    body: new URLSearchParams({ user }),
  })
}

const statusOfConfig = async (cookie: string) => (await portal.get('/config.json', cookie)).status

describe('a visitor', () => {
  it.each([
    undefined,
    'portal-session=',
    'portal-session=nonsense',
    'portal-session=a; portal-session=b',
    '=; ;;portal-session',
  ])('with the cookie %j gets the sign-in page with everybody on it', async (cookie) => {
    const response = await portal.get('/', cookie)
    expect(response.status).toBe(200)
    const page = await response.text()
    for (const name of ['Ada Lovelace', 'Björn Ågren', 'Chidi Okafor', 'Dana Novak'])
      expect(page).toContain(name)
  })

  it('learns nothing from /config.json', async () => {
    const response = await portal.get('/config.json')
    expect(response.status).toBe(401)
    expect(await response.text()).not.toContain('integration-1')
  })
})

describe('signing in', () => {
  it('gives an opaque cookie that scripts and other sites cannot use', async () => {
    const response = await post('/login', { Origin: portal.url })
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe('/')
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^portal-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/),
    ])
  })

  it('on https gives a cookie that no sibling host can set', async () => {
    await portal.close()
    portal = await startPortalUnderTest({ publicUrl: 'https://portal.acme.example' })
    const response = await post('/login', { Origin: 'https://portal.acme.example' })
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^__Host-portal-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
      ),
    ])
    expect(response.headers.get('strict-transport-security')).toBe('max-age=31536000')
  })

  it('opens the dashboard and tells the page who it is', async () => {
    const cookie = await portal.signIn('chidi')
    expect(await (await portal.get('/', cookie)).text()).toContain('View nebula.js')
    expect(await (await portal.get('/config.json', cookie)).json()).toEqual({
      user: { name: 'Chidi Okafor', role: 'Market analyst', subject: 'acme|chidi' },
      qlik: { url: 'http://localhost:4848', webIntegrationId: 'integration-1', appId: 'app-1' },
      way: 'direct',
      mainUrl: portal.url,
    })
  })

  it('never adopts an ID that somebody planted', async () => {
    const planted = `portal-session=${'x'.repeat(43)}`
    const cookie = await portal.signIn('ada', planted)
    expect(cookie).not.toBe(planted)
    expect(await statusOfConfig(planted)).toBe(401)
    expect(await statusOfConfig(cookie)).toBe(200)
  })

  it('again ends the session before', async () => {
    const first = await portal.signIn('ada')
    const second = await portal.signIn('bjorn', first)
    expect(await statusOfConfig(first)).toBe(401)
    const response = await portal.get('/config.json', second)
    expect(await response.json()).toMatchObject({ user: { name: 'Björn Ågren' } })
  })

  it.each([
    [{ Origin: 'https://evil.example' }, 403],
    [{ Origin: 'null' }, 403],
    [{}, 403],
    [{ 'Sec-Fetch-Site': 'cross-site' }, 403],
    [{ 'Content-Type': 'text/plain' }, 415],
  ])('by a form with %j is refused with %i and a page that says why', async (headers, status) => {
    const origin = status === 403 ? {} : { Origin: portal.url }
    const response = await post('/login', { ...origin, ...(headers as Record<string, string>) })
    expect(response.status).toBe(status)
    expect(response.headers.getSetCookie()).toEqual([])
    const page = await response.text()
    expect(page).toContain('role="alert"')
    if (status === 403) expect(page).toContain(`Open ${portal.url} and sign in there`)
  })

  it('as nobody who is known is refused, and the name is not echoed', async () => {
    const response = await post('/login', { Origin: portal.url }, '<script>eve</script>')
    expect(response.status).toBe(400)
    expect(await response.text()).not.toContain('eve')
  })
})

describe('a session', () => {
  it('ends after half an hour in which nobody used it', async () => {
    const cookie = await portal.signIn('ada')
    portal.pass(29 * 60)
    expect(await statusOfConfig(cookie)).toBe(200)
    portal.pass(30 * 60)
    expect(await statusOfConfig(cookie)).toBe(401)
  })

  it('ends at sign-out, also for who kept the cookie', async () => {
    const cookie = await portal.signIn('ada')
    const response = await post('/logout', { Origin: portal.url, Cookie: cookie })
    expect(response.status).toBe(303)
    expect(response.headers.getSetCookie()).toEqual([
      'portal-session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0',
    ])
    expect(await statusOfConfig(cookie)).toBe(401)
    expect((await portal.askForToken({ Cookie: cookie })).status).toBe(401)
  })

  it('is not ended by another site', async () => {
    const cookie = await portal.signIn('ada')
    const response = await post('/logout', { Origin: 'https://evil.example', Cookie: cookie })
    expect(response.status).toBe(403)
    expect(await statusOfConfig(cookie)).toBe(200)
  })
})
