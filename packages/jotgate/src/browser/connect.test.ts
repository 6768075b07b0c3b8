import { describe, expect, it } from 'vitest'
import type { LoginStepEvent } from './direct/login-step.ts'
import type { CloudOptions } from './options.ts'
import { openPage, pathsOf } from './page.fixture.ts'

describe('connecting a page', () => {
  it('takes a token from the application, a session from Qlik, its CSRF token, and sees whose it is', async () => {
    const page = await openPage()
    await page.connect()
    expect(pathsOf(page.host)).toEqual(['POST /token'])
    expect(page.host.requests[0]).toMatchObject({
      body: '{}',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
    })
    expect(pathsOf(page.qlik)).toEqual([
      'POST /login/jwt-session?qlik-web-integration-id=web-1',
      'GET /api/v1/csrf-token?qlik-web-integration-id=web-1',
      'GET /api/v1/users/me?qlik-web-integration-id=web-1',
      'GET /api/v1/users/u1',
    ])
    for (const { headers } of page.qlik.requests)
      expect(headers['qlik-web-integration-id']).toBe('web-1')
    expect(page.qlik.requests[0]?.headers.authorization).toMatch(/^Bearer eyJ/)
    expect(page.qlik.requests[1]?.headers).not.toHaveProperty('authorization')
  })

  it('logs in although a session exists: it may be another person’s', async () => {
    const page = await openPage()
    page.sessions.set('old', { subject: 'somebody else', csrfToken: 'x' })
    page.jar.set('eas.sid', 'old')
    const connection = await page.connect()
    expect((await connection.user()).subject).toBe('42')
  })

  it('reports each step, those of a renewal too, and never a token', async () => {
    const page = await openPage()
    const told: LoginStepEvent[] = []
    const { fetch } = await page.connect({ onStep: (event) => told.push(event) })
    page.expire()
    await fetch('/api/v1/users/me')
    const way = (login: number) =>
      ['token', 'session', 'csrf-token'].flatMap((step) =>
        ['begun', 'done'].map((state) => ({ step, login, state })),
      )
    expect(told).toMatchObject([...way(1), ...way(2)])
    expect(JSON.stringify(told)).not.toContain('eyJ')
  })

  it('tells at which step it failed, and why', async () => {
    const page = await openPage()
    page.cookies = 'blocked'
    const told: LoginStepEvent[] = []
    await page.connect({ onStep: (event) => told.push(event) }).catch(() => {})
    expect(told.at(-1)).toMatchObject({
      step: 'csrf-token',
      state: 'failed',
      error: { code: 'ERR_BROWSER_COOKIES_BLOCKED' },
    })
  })

  it('takes a token from a function too', async () => {
    const page = await openPage()
    const connection = await page.connect({ token: async () => page.tokenFor('7') })
    expect((await connection.user()).subject).toBe('7')
    expect(page.host.requests).toEqual([])
  })

  it.each([
    [{ status: 401 }, 'ERR_BROWSER_NOT_LOGGED_IN'],
    [{ status: 303, headers: { location: '/login' } }, 'ERR_BROWSER_NOT_LOGGED_IN'],
    [{ status: 403 }, 'ERR_BROWSER_NOT_ALLOWED'],
    [{ status: 429 }, 'ERR_BROWSER_TOKEN_REFUSED'],
    [{ status: 500 }, 'ERR_BROWSER_TOKEN_REFUSED'],
    [{ body: '<html>log in</html>' }, 'ERR_BROWSER_TOKEN_ANSWER'],
    [{ body: {} }, 'ERR_BROWSER_TOKEN_ANSWER'],
    [{ body: { token: 42 } }, 'ERR_BROWSER_TOKEN_ANSWER'],
    [{ status: 404 }, 'ERR_BROWSER_TOKEN_ADDRESS'],
    [{ status: 405 }, 'ERR_BROWSER_TOKEN_ADDRESS'],
    [{ body: { token: 'Bearer a.b.c' } }, 'ERR_BROWSER_TOKEN_ANSWER'],
    [{ body: { token: 'a.b.c' } }, 'ERR_BROWSER_TOKEN_ANSWER'],
  ])('says what an application means that answers %j: %s', async (answer, code) => {
    const page = await openPage({ host: () => answer })
    await expect(page.connect()).rejects.toMatchObject({ code })
    expect(page.qlik.requests).toEqual([])
  })

  it.each([
    ['/token/', 'a slash'],
    ['/en/token', 'a language'],
  ])('says so where the endpoint has moved to %s: %s', async (moved) => {
    const redirect = () => ({ status: 308, headers: { location: moved } })
    const page = await openPage({ host: redirect, hostRoutes: { 'GET /token': redirect } })
    const url = `${page.host.url}/token`
    await expect(page.connect({ token: { url } })).rejects.toMatchObject({
      code: 'ERR_BROWSER_TOKEN_ADDRESS',
      details: { reason: 'refused' },
      message: `POST ${url} was answered with a redirect to ${page.host.url}${moved}`,
      hint: expect.stringContaining('POST'),
    })
  })

  it('takes a redirect to a page for what it is: nobody is logged in', async () => {
    const redirect = () => ({ status: 302, headers: { location: '/login?next=/token' } })
    const page = await openPage({ host: redirect, hostRoutes: { 'GET /token': redirect } })
    await expect(page.connect({ token: { url: `${page.host.url}/token` } })).rejects.toMatchObject({
      code: 'ERR_BROWSER_NOT_LOGGED_IN',
      message: expect.stringContaining(`POST ${page.host.url}/token was answered with a redirect`),
    })
  })

  it('takes null of a token function for nobody, and its failure for the application’s', async () => {
    const page = await openPage()
    await expect(page.connect({ token: async () => null })).rejects.toMatchObject({
      code: 'ERR_BROWSER_NOT_LOGGED_IN',
    })
    const cause = new Error('own')
    const token = () => Promise.reject(cause)
    await expect(page.connect({ token })).rejects.toMatchObject({
      code: 'ERR_BROWSER_TOKEN_FUNCTION',
      details: { reason: 'host-unreachable' },
      cause,
    })
  })

  it('says when the application or Qlik cannot be reached, or does not answer in time', async () => {
    const page = await openPage({ host: () => undefined })
    await expect(page.connect({ timeoutMs: 60 })).rejects.toMatchObject({
      code: 'ERR_BROWSER_TIMEOUT',
      details: { reason: 'host-unreachable', url: '/token', timeoutMs: 60 },
    })
    await page.host.close()
    await expect(page.connect()).rejects.toMatchObject({
      code: 'ERR_BROWSER_TOKEN_UNREACHABLE',
      details: { url: '/token' },
    })
    await page.qlik.close()
    const token = async () => page.tokenFor('42')
    const error: unknown = await page.connect({ token }).catch((reason) => reason)
    expect(error).toMatchObject({
      code: 'ERR_BROWSER_QLIK_UNREACHABLE',
      details: { url: page.qlik.url },
      hint: expect.stringContaining('without a slash at the end'),
    })
  })

  it('repeats Qlik’s own words when the token is refused, and never the token', async () => {
    let quoted = ''
    const page = await openPage({
      qlik: {
        'POST /login/jwt-session': ({ headers }) => {
          quoted = headers.authorization ?? ''
          const error = { code: 'INTERNAL-TOKEN-1', title: 'Invalid token request', detail: quoted }
          return { status: 400, body: { errors: [error], traceId: 'd4f3' } }
        },
      },
    })
    const error: unknown = await page.connect().catch((reason) => reason)
    expect(error).toMatchObject({
      code: 'ERR_BROWSER_LOGIN_REFUSED',
      message: `Qlik refused the token: ${page.qlik.url}/login/jwt-session answered 400: INTERNAL-TOKEN-1, Invalid token request, Bearer [secret] (trace d4f3)`,
    })
    expect(quoted).toContain('eyJ')
    expect(JSON.stringify(error) + String(error)).not.toContain('eyJ')
  })

  it.each([
    [{ status: 401 }, 'ERR_BROWSER_LOGIN_REFUSED'],
    [{ status: 403, body: 'null' }, 'ERR_BROWSER_LOGIN_REFUSED'],
    [{ status: 400, body: { errors: [null] } }, 'ERR_BROWSER_LOGIN_REFUSED'],
    [{ status: 429 }, 'ERR_BROWSER_QLIK_FAILED'],
    [{ status: 503 }, 'ERR_BROWSER_QLIK_FAILED'],
    [{ status: 302, headers: { location: '/' } }, 'ERR_BROWSER_QLIK_UNREACHABLE'],
  ])('says what a Qlik means that answers the login by %j: %s', async (answer, code) => {
    const page = await openPage({ qlik: { 'POST /login/jwt-session': () => answer } })
    await expect(page.connect()).rejects.toMatchObject({ code })
  })

  it('knows that the browser keeps Qlik’s cookies back: logged in, and yet unknown', async () => {
    const page = await openPage()
    page.cookies = 'blocked'
    await expect(page.connect()).rejects.toMatchObject({
      code: 'ERR_BROWSER_COOKIES_BLOCKED',
      details: { url: page.qlik.url },
      hint: expect.stringContaining('gateway'),
    })
  })

  it.each([
    [{ status: 204 }, 'ERR_BROWSER_CSRF_TOKEN'],
    [{ status: 500 }, 'ERR_BROWSER_QLIK_FAILED'],
  ])('says what a Qlik means that answers for the CSRF token by %j: %s', async (answer, code) => {
    const page = await openPage({ qlik: { 'GET /api/v1/csrf-token': () => answer } })
    await expect(page.connect()).rejects.toMatchObject({ code })
  })

  it.each([
    [{ mode: 'proxy' }, 'mode'],
    [{ product: 'windows' }, 'product'],
    [{ url: 'https://acme.example/app' }, 'url'],
    [{ url: 'http://acme.example' }, 'url'],
    [{ url: 'http://localhost.example' }, 'url'],
    [{ url: 'https://ada@acme.example' }, 'url'],
    [{ url: undefined }, 'url'],
    [{ webIntegrationId: 'ID/' }, 'webIntegrationId'],
    [{ webIntegrationId: undefined }, 'webIntegrationId'],
    [{ token: undefined }, 'token'],
    [{ token: { url: '' } }, 'token'],
    [{ timeoutMs: 0 }, 'timeoutMs'],
  ])('refuses %j', async (change, option) => {
    const page = await openPage()
    await expect(page.connect(change as Partial<CloudOptions>)).rejects.toMatchObject({
      code: 'ERR_BROWSER_OPTION',
      details: { option },
    })
    expect(page.host.requests).toEqual([])
  })
})
