import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  byRoute,
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from '../qlik/scripted-server.fixture.ts'
import { connect } from './connect.ts'
import type { LoginStepEvent } from './login-step.ts'
import type { ConnectOptions } from './options.ts'

let qlik: ScriptedServer
let host: ScriptedServer
/** Sessions that Qlik has open, each with its CSRF token, and the person that the host knows. */
let sessions: Map<string, { subject: string; csrfToken: string }>
let person: string
let signed: number
let cookies: 'sent' | 'blocked'
let jar: Map<string, string>

const tokenFor = (subject: string) => {
  signed += 1
  const payload = Buffer.from(JSON.stringify({ sub: subject, jti: signed })).toString('base64url')
  return `eyJhbGciOiJSUzI1NiJ9.${payload}.c2lnbmF0dXJl`
}
const sessionOf = (cookie: string | undefined) =>
  sessions.get(/eas\.sid=(\w+)/.exec(cookie ?? '')?.[1] ?? '')

const routes: Record<string, Script> = {
  'POST /login/jwt-session': ({ headers }) => {
    const payload = headers.authorization?.split('.')[1] ?? ''
    const { sub, jti } = JSON.parse(Buffer.from(payload, 'base64url').toString())
    sessions.set(`s${jti}`, { subject: sub, csrfToken: `c+${jti}` })
    return { headers: { 'set-cookie': [`eas.sid=s${jti}`] }, body: {} }
  },
  'GET /api/v1/csrf-token': ({ headers }) => {
    const session = sessionOf(headers.cookie)
    return session === undefined
      ? { status: 401 }
      : { status: 204, headers: { 'qlik-csrf-token': session.csrfToken } }
  },
  'GET /api/v1/users/me': ({ headers }) =>
    sessionOf(headers.cookie) === undefined
      ? { status: 401 }
      : { status: 301, headers: { location: '/api/v1/users/u1' } },
  'GET /api/v1/users/u1': ({ headers }) => {
    const subject = sessionOf(headers.cookie)?.subject
    return {
      body: { id: 'u1', subject, name: 'Ada', assignedGroups: [{ id: 'g', name: 'sales' }] },
    }
  },
  'POST /api/v1/notes': ({ headers, body }) => {
    const session = sessionOf(headers.cookie)
    if (session === undefined) return { status: 401 }
    if (headers['qlik-csrf-token'] === session.csrfToken)
      return { status: 201, body: `got ${body}` }
    return { status: 403, body: { errors: [{ code: 'CSRF-TOKEN-2', title: 'refused' }] } }
  },
  'GET /logout': ({ headers }) => {
    sessions.delete(/eas\.sid=(\w+)/.exec(headers.cookie ?? '')?.[1] ?? '')
    return { status: 302, headers: { location: '/' } }
  },
}

/** What a browser does around fetch: addresses relative to the page, and Qlik's cookies or none. */
const browserFetch: typeof globalThis.fetch = async (input, init) => {
  const url = new URL(String(input), host.url)
  const toQlik = url.origin === qlik.url
  const headers = new Headers(init?.headers)
  headers.set('origin', host.url)
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
  if (toQlik && cookies === 'sent' && init?.credentials === 'include' && cookie)
    headers.set('cookie', cookie)
  // Node would take an own Cookie header away in this mode, as a browser takes one from a page.
  const mode = init?.mode === 'no-cors' ? 'cors' : (init?.mode ?? 'cors')
  const response = await globalThis.fetch(url, { ...init, headers, mode })
  for (const line of toQlik ? response.headers.getSetCookie() : []) {
    const [name = '', value = ''] = line.split(/[=;]/)
    jar.set(name, value)
  }
  return response
}

const start = async (changes: { qlik?: Record<string, Script>; host?: Script } = {}) => {
  const endpoint: Script = () => ({ body: { token: tokenFor(person) } })
  qlik = await startScriptedServer(byRoute({ ...routes, ...changes.qlik }))
  host = await startScriptedServer(byRoute({ 'POST /token': changes.host ?? endpoint }))
}
const connectWith = (change: Partial<ConnectOptions> = {}) =>
  connect({
    mode: 'direct',
    url: qlik.url,
    webIntegrationId: 'web-1',
    token: { url: '/token' },
    fetch: browserFetch,
    ...change,
  })
const pathsOf = (server: ScriptedServer) =>
  server.requests.map(({ method, path }) => `${method} ${path}`)

beforeEach(() => {
  sessions = new Map()
  jar = new Map()
  person = '42'
  signed = 0
  cookies = 'sent'
})
afterEach(() => Promise.all([qlik.close(), host.close()]))

describe('connecting a page', () => {
  it('takes a token from the application, a session from Qlik, and its CSRF token', async () => {
    await start()
    await connectWith()
    expect(pathsOf(host)).toEqual(['POST /token'])
    expect(host.requests[0]).toMatchObject({
      body: '{}',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
    })
    expect(pathsOf(qlik)).toEqual([
      'POST /login/jwt-session?qlik-web-integration-id=web-1',
      'GET /api/v1/csrf-token?qlik-web-integration-id=web-1',
    ])
    for (const { headers } of qlik.requests)
      expect(headers['qlik-web-integration-id']).toBe('web-1')
    expect(qlik.requests[0]?.headers.authorization).toMatch(/^Bearer eyJ/)
    expect(qlik.requests[1]?.headers).not.toHaveProperty('authorization')
  })

  it('logs in although a session exists: it may be another person’s', async () => {
    await start()
    sessions.set('old', { subject: 'somebody else', csrfToken: 'x' })
    jar.set('eas.sid', 'old')
    const connection = await connectWith()
    expect((await connection.user()).subject).toBe('42')
  })

  it('tells each step, those of a renewal too, and never a token', async () => {
    await start()
    const told: LoginStepEvent[] = []
    const { fetch } = await connectWith({ onStep: (event) => told.push(event) })
    sessions.clear()
    await fetch('/api/v1/users/me')
    const way = (login: number) =>
      ['token', 'session', 'csrf-token'].flatMap((step) =>
        ['begun', 'done'].map((state) => ({ step, login, state })),
      )
    expect(told).toMatchObject([...way(1), ...way(2)])
    expect(JSON.stringify(told)).not.toContain('eyJ')
  })

  it('tells at which step it failed, and why', async () => {
    await start()
    cookies = 'blocked'
    const told: LoginStepEvent[] = []
    await connectWith({ onStep: (event) => told.push(event) }).catch(() => {})
    expect(told.at(-1)).toMatchObject({
      step: 'csrf-token',
      state: 'failed',
      error: { code: 'ERR_BROWSER_COOKIES_BLOCKED' },
    })
  })

  it('takes a token from a function too', async () => {
    await start()
    const connection = await connectWith({ token: async () => tokenFor('7') })
    expect((await connection.user()).subject).toBe('7')
    expect(host.requests).toEqual([])
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
    [{ body: { token: 'Bearer a.b.c' } }, 'ERR_BROWSER_TOKEN_ANSWER'],
    [{ body: { token: 'a.e30.c' } }, 'ERR_BROWSER_TOKEN_ANSWER'],
    [{ body: { token: 'a.b.c' } }, 'ERR_BROWSER_TOKEN_ANSWER'],
  ])('says what an application means that answers %j: %s', async (answer, code) => {
    await start({ host: () => answer })
    await expect(connectWith()).rejects.toMatchObject({ code })
    expect(qlik.requests).toEqual([])
  })

  it('says when the application or Qlik cannot be reached, or does not answer in time', async () => {
    await start({ host: () => undefined })
    await expect(connectWith({ timeoutMs: 60 })).rejects.toMatchObject({
      code: 'ERR_BROWSER_TIMEOUT',
      details: { url: '/token', timeoutMs: 60 },
    })
    await host.close()
    await expect(connectWith()).rejects.toMatchObject({
      code: 'ERR_BROWSER_TOKEN_UNREACHABLE',
      details: { url: '/token' },
    })
    await qlik.close()
    const token = async () => tokenFor('42')
    const error: unknown = await connectWith({ token }).catch((reason) => reason)
    expect(error).toMatchObject({
      code: 'ERR_BROWSER_QLIK_UNREACHABLE',
      details: { url: qlik.url },
      hint: expect.stringContaining('without a slash at the end'),
    })
  })

  it('tells Qlik’s own words when the token is refused, and never the token', async () => {
    let quoted = ''
    await start({
      qlik: {
        'POST /login/jwt-session': ({ headers }) => {
          quoted = headers.authorization ?? ''
          const error = { code: 'INTERNAL-TOKEN-1', title: 'Invalid token request', detail: quoted }
          return { status: 400, body: { errors: [error], traceId: 'd4f3' } }
        },
      },
    })
    const error: unknown = await connectWith().catch((reason) => reason)
    expect(error).toMatchObject({
      code: 'ERR_BROWSER_LOGIN_REFUSED',
      message: `Qlik refused the token: ${qlik.url}/login/jwt-session answered 400: INTERNAL-TOKEN-1, Invalid token request (trace d4f3)`,
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
    await start({ qlik: { 'POST /login/jwt-session': () => answer } })
    await expect(connectWith()).rejects.toMatchObject({ code })
  })

  it('knows that the browser keeps Qlik’s cookies back: logged in, and yet unknown', async () => {
    await start()
    cookies = 'blocked'
    await expect(connectWith()).rejects.toMatchObject({
      code: 'ERR_BROWSER_COOKIES_BLOCKED',
      details: { url: qlik.url },
      hint: expect.stringContaining('gateway'),
    })
  })

  it('says when the CSRF token is missing or the call fails', async () => {
    await start({ qlik: { 'GET /api/v1/csrf-token': () => ({ status: 204 }) } })
    await expect(connectWith()).rejects.toMatchObject({ code: 'ERR_BROWSER_CSRF_TOKEN' })
    await Promise.all([qlik.close(), host.close()])
    await start({ qlik: { 'GET /api/v1/csrf-token': () => ({ status: 500 }) } })
    await expect(connectWith()).rejects.toMatchObject({ code: 'ERR_BROWSER_QLIK_FAILED' })
  })

  it.each([
    [{ mode: 'gateway' }, 'mode'],
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
    await start()
    await expect(connectWith(change as Partial<ConnectOptions>)).rejects.toMatchObject({
      code: 'ERR_BROWSER_OPTION',
      details: { option },
    })
    expect(host.requests).toEqual([])
  })
})

describe('a connection', () => {
  it('says who the person is at Qlik', async () => {
    await start()
    const { user } = await connectWith()
    expect(await user()).toEqual({
      id: 'u1',
      subject: '42',
      name: 'Ada',
      assignedGroups: [{ id: 'g', name: 'sales' }],
      assignedRoles: [],
    })
  })

  it('adds to a fetch what Qlik asks for, the CSRF token included', async () => {
    await start()
    const { fetch } = await connectWith()
    await fetch('/api/v1/users/u1?fields=name', { headers: { accept: 'text/plain' } })
    const created = await fetch(new URL('/api/v1/notes', qlik.url), { method: 'POST', body: 'a' })
    expect(created.status).toBe(201)
    const [read, written] = qlik.requests.slice(2)
    expect(read?.path).toBe('/api/v1/users/u1?fields=name')
    expect(read?.headers).toMatchObject({
      accept: 'text/plain',
      cookie: 'eas.sid=s1',
      'qlik-web-integration-id': 'web-1',
      'qlik-csrf-token': 'c+1',
    })
    expect(written?.headers).toMatchObject({ cookie: 'eas.sid=s1', 'qlik-csrf-token': 'c+1' })
  })

  it('sends nothing of Qlik to another origin', async () => {
    await start()
    const { fetch, createSocket } = await connectWith()
    for (const path of ['https://evil.example/', '//evil.example/x', host.url, 'data:,a'])
      await expect(fetch(path)).rejects.toMatchObject({ code: 'ERR_BROWSER_ADDRESS' })
    for (const url of ['wss://evil.example/app/a', host.url.replace('http', 'ws'), qlik.url, 'x'])
      expect(() => createSocket(url)).toThrow(
        expect.objectContaining({ code: 'ERR_BROWSER_ADDRESS' }),
      )
  })

  it('logs in again once when the session is gone, however many requests notice it', async () => {
    await start()
    const { fetch } = await connectWith()
    sessions.clear()
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, index) =>
        fetch('/api/v1/notes', { method: 'POST', body: `note ${index}` }),
      ),
    )
    const texts = await Promise.all(answers.map((answer) => answer.text()))
    expect(texts).toEqual(['got note 0', 'got note 1', 'got note 2', 'got note 3', 'got note 4'])
    expect(pathsOf(host)).toEqual(['POST /token', 'POST /token'])
  })

  it('gives back the second refusal, and does not log in for ever', async () => {
    await start({ qlik: { 'GET /api/v1/items': () => ({ status: 401 }) } })
    const { fetch } = await connectWith()
    expect((await fetch('/api/v1/items')).status).toBe(401)
    expect(pathsOf(host)).toHaveLength(2)
  })

  it('fails for all that wait, and asks once, when the application knows nobody any more', async () => {
    const bothRefused = Promise.withResolvers<void>()
    await start({
      host: async () => {
        if (signed === 0) return { body: { token: tokenFor(person) } }
        await bothRefused.promise
        return { status: 401 }
      },
    })
    let refused = 0
    const fetchAndCount: typeof globalThis.fetch = async (input, init) => {
      const response = await browserFetch(input, init)
      refused += response.status === 401 && String(input).includes('users/me') ? 1 : 0
      if (refused === 2) setImmediate(bothRefused.resolve)
      return response
    }
    const { fetch } = await connectWith({ fetch: fetchAndCount })
    sessions.clear()
    const failure = (reason: unknown) => reason
    const answers = [1, 2].map(() => fetch('/api/v1/users/me').catch(failure))
    for (const answer of await Promise.all(answers))
      expect(answer).toMatchObject({ code: 'ERR_BROWSER_NOT_LOGGED_IN' })
    expect(pathsOf(host)).toHaveLength(2)
  })

  it('does not become somebody else’s when it logs in again', async () => {
    await start()
    const { fetch, webSocketUrl } = await connectWith()
    sessions.clear()
    person = '43'
    const changed = { code: 'ERR_BROWSER_USER_CHANGED' }
    await expect(fetch('/api/v1/users/me')).rejects.toMatchObject(changed)
    expect(sessions.size).toBe(0)
    await expect(fetch('/api/v1/users/me')).rejects.toMatchObject(changed)
    expect(() => webSocketUrl('a')).toThrow(expect.objectContaining(changed))
  })

  it('gets a new CSRF token once when Qlik refuses the old one', async () => {
    await start()
    const { fetch } = await connectWith()
    for (const session of sessions.values()) session.csrfToken = 'changed'
    const posts = [1, 2, 3].map(() => fetch('/api/v1/notes', { method: 'POST', body: 'a' }))
    const answers = await Promise.all(posts)
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201])
    const asked = pathsOf(qlik).filter((path) => path.startsWith('GET /api/v1/csrf-token'))
    expect(asked).toHaveLength(2)
    expect(pathsOf(host)).toHaveLength(1)
  })

  it('leaves any other 403 to the page, with its body unread', async () => {
    await start({ qlik: { 'POST /api/v1/apps': () => ({ status: 403, body: 'no right' }) } })
    const { fetch } = await connectWith()
    const answer = await fetch('/api/v1/apps', { method: 'POST' })
    expect([answer.status, await answer.text()]).toEqual([403, 'no right'])
    expect(qlik.requests).toHaveLength(3)
  })

  it('does not send a stream twice', async () => {
    await start()
    const { fetch } = await connectWith()
    sessions.clear()
    const init = { method: 'POST', body: new Blob(['a']).stream(), duplex: 'half' as const }
    expect((await fetch('/api/v1/notes', init)).status).toBe(401)
    expect(pathsOf(host)).toHaveLength(1)
  })

  it('passes an abort on as what it is', async () => {
    await start({ qlik: { 'GET /api/v1/slow': () => undefined } })
    const { fetch } = await connectWith()
    const signal = AbortSignal.timeout(50)
    await expect(fetch('/api/v1/slow', { signal })).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  it('gives the engine’s address with the ID and the CSRF token', async () => {
    await start()
    const { webSocketUrl } = await connectWith()
    const base = qlik.url.replace('http', 'ws')
    const query = 'qlik-web-integration-id=web-1&qlik-csrf-token=c%2B1'
    expect(webSocketUrl('a b')).toBe(`${base}/app/a%20b?${query}`)
    expect(webSocketUrl('x', { identity: 'i/1', ttlSeconds: 0 })).toBe(
      `${base}/app/x/identity/i%2F1/ttl/0?${query}`,
    )
    for (const wrong of ['', '.', '..', 'a'.repeat(257), 'a\ud800'])
      expect(() => webSocketUrl(wrong)).toThrow(
        expect.objectContaining({ code: 'ERR_BROWSER_OPTION' }),
      )
    expect(() => webSocketUrl('a', { ttlSeconds: -1 })).toThrow(
      expect.objectContaining({ code: 'ERR_BROWSER_OPTION' }),
    )
  })

  it('opens a socket with the CSRF token of now, also for an address of before', async () => {
    await start()
    const { webSocketUrl, createSocket, fetch } = await connectWith()
    const before = webSocketUrl('a', { identity: 'i' })
    sessions.clear()
    await fetch('/api/v1/users/me')
    const socket = createSocket(before)
    socket.onerror = () => undefined
    expect(socket.url).toBe(before.replace('c%2B1', 'c%2B2'))
    socket.close()
  })

  it('ends the session at Qlik, and is of no use afterwards', async () => {
    await start()
    const { logout, fetch, user, webSocketUrl, createSocket } = await connectWith()
    const url = webSocketUrl('a')
    await logout()
    expect(sessions.size).toBe(0)
    const over = { code: 'ERR_BROWSER_LOGGED_OUT' }
    await expect(fetch('/api/v1/users/me')).rejects.toMatchObject(over)
    await expect(user()).rejects.toMatchObject(over)
    expect(() => createSocket(url)).toThrow(expect.objectContaining(over))
    expect(pathsOf(host)).toHaveLength(1)
  })

  it('says when Qlik keeps the session open, and can be told again', async () => {
    await start({ qlik: { 'GET /logout': () => ({ status: 204 }) } })
    const { logout } = await connectWith()
    await expect(logout()).rejects.toMatchObject({ code: 'ERR_BROWSER_LOGOUT' })
    sessions.clear()
    await logout()
  })

  it('says when users/me is answered by something else', async () => {
    await start({ qlik: { 'GET /api/v1/users/me': () => ({ body: '<html>' }) } })
    const { user } = await connectWith()
    await expect(user()).rejects.toMatchObject({ code: 'ERR_BROWSER_QLIK_ANSWER' })
  })
})
