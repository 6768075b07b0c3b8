import { afterEach, describe, expect, it } from 'vitest'
import { clientManaged } from '../../token/index.ts'
import { callAs } from '../call-as.ts'
import { engineUrl } from '../engine-url.ts'
import { keepSession, restoreSession } from '../kept-session.ts'
import { endSession, getCurrentUser, openSession, productFor } from '../product-for.ts'
import {
  byRoute,
  type ReceivedRequest,
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from '../scripted-server.fixture.ts'

const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl'
const cookie = 'X-Qlik-Session-jwt=eccfad38-8851-4064-85fd-79c1d0a6bc84'
const login: Script = () => ({
  status: 204,
  headers: { 'set-cookie': `${cookie}; Path=/; HttpOnly`, 'qlik-csrf-token': 'csrf' },
})
const ada: Script = () => ({ body: { userDirectory: 'ACME', userId: 'ada', userName: 'Ada' } })
const missing: Script = () => ({ status: 404 })

let server: ScriptedServer
let deployment: ReturnType<typeof clientManaged>
afterEach(() => server.close())
async function start(routes: Record<string, Script>, prefix = 'jwt'): Promise<void> {
  server = await startScriptedServer(byRoute({ 'GET /jwt/qps/csrftoken': login, ...routes }))
  deployment = clientManaged({
    url: server.url,
    prefix,
    userDirectory: 'ACME',
    claims: { userId: 'userId', userDirectory: 'userDirectory' },
  })
}

/** The key of a request, which is the same in query and header. */
function xrfkeyOf({ path, headers }: ReceivedRequest): string {
  const [, key = ''] = /[?&]xrfkey=([0-9A-Za-z]{16})$/.exec(path) ?? []
  expect(headers['x-qlik-xrfkey']).toBe(key)
  return key
}

describe('opening a session at client-managed Qlik', () => {
  it('sends the token once below the prefix, and keeps cookie and CSRF token', async () => {
    await start({})
    const session = await openSession({ deployment, token, clock: () => 5000 })
    expect(server.requests).toHaveLength(1)
    const [request] = server.requests as [ReceivedRequest]
    expect(request.method).toBe('GET')
    expect(request.headers.authorization).toBe(`Bearer ${token}`)
    expect(request.headers).not.toHaveProperty('cookie')
    expect(request.headers['user-agent']).toBe('jotgate')
    expect(xrfkeyOf(request)).not.toBe('')
    expect(session).toMatchObject({ csrfToken: 'csrf', openedAt: 5000 })
    expect([...session.cookies].map((pair) => pair.join('='))).toEqual([cookie])
  })

  it('opens one at the default virtual proxy too', async () => {
    await start({ 'GET /qps/csrftoken': login }, '')
    expect((await openSession({ deployment, token })).csrfToken).toBe('csrf')
  })

  it('has no CSRF token where the release has none, and asks who is logged in', async () => {
    const old: Script = () => ({ status: 404, headers: { 'set-cookie': cookie } })
    await start({ 'GET /jwt/qps/csrftoken': old, 'GET /jwt/qps/user': ada })
    const session = await openSession({ deployment, token })
    expect(session.csrfToken).toBeUndefined()
    // With the cookie: without it, the second request would open a second session.
    expect(server.requests[1]?.headers.cookie).toBe(cookie)
    expect(productFor(deployment).authorizeUpgrade(session).query).toEqual({})
    const count = server.requests.length
    expect(await productFor(deployment).prepareUpgrade({ session })).toBe(session)
    expect(server.requests).toHaveLength(count)
  })

  it('takes no cookie of a load balancer for a session', async () => {
    const old: Script = () => ({ status: 404, headers: { 'set-cookie': 'AWSALB=x' } })
    const nobody: Script = () => ({ body: { session: 'inactive' } })
    await start({ 'GET /jwt/qps/csrftoken': old, 'GET /jwt/qps/user': nobody })
    await expect(openSession({ deployment, token })).rejects.toMatchObject({
      code: 'ERR_QLIK_LOGIN_REFUSED',
      message: expect.stringContaining('nobody is logged in'),
    })
  })

  it('may open it at another path, and asks for the CSRF token with the cookie alone', async () => {
    const hub: Script = () => ({ headers: { 'set-cookie': cookie }, body: '<html></html>' })
    await start({ 'GET /jwt/hub/': hub })
    const session = await openSession({ deployment, token, loginPath: '/hub/' })
    expect(session.csrfToken).toBe('csrf')
    expect(server.requests[1]?.headers).toMatchObject({ cookie })
    expect(server.requests[1]?.headers).not.toHaveProperty('authorization')
  })

  it('opens one at another path of a release without CSRF tokens', async () => {
    const hub: Script = () => ({ headers: { 'set-cookie': cookie } })
    await start({ 'GET /jwt/hub/': hub, 'GET /jwt/qps/csrftoken': missing })
    const session = await openSession({ deployment, token, loginPath: '/hub/' })
    expect(session.csrfToken).toBeUndefined()
  })

  it.each(['hub/', '//evil.example/', '/../other/hub/', '/a b', '/hub?x=1', '/hub#x', 5])(
    'refuses the login path %s before the token is sent',
    async (loginPath) => {
      await start({})
      const opening = openSession({ deployment, token, loginPath: loginPath as string })
      await expect(opening).rejects.toMatchObject({ code: 'ERR_QLIK_OPTION' })
      expect(server.requests).toEqual([])
    },
  )

  it.each([
    [302, 'ERR_QLIK_LOGIN_REFUSED', /authentication method of the virtual proxy is not JWT/],
    [400, 'ERR_QLIK_LOGIN_REFUSED', /no virtual proxy has this prefix.*Host allow list/],
    [401, 'ERR_QLIK_LOGIN_REFUSED', /has expired.*another key.*claims.*audience.*inactive/],
    [403, 'ERR_QLIK_LOGIN_REFUSED', /Host allow list/],
    [431, 'ERR_QLIK_LOGIN_REFUSED', /longer than the proxy/],
    [429, 'ERR_QLIK_RATE_LIMITED', /Wait that long/],
    [500, 'ERR_QLIK_FAILED', /on Qlik’s side/],
  ])('makes of the status %i %s, whatever is said', async (status, code, hint) => {
    const page = '<!DOCTYPE html><html><style>a{}</style><body>Some words.</body></html>'
    const refused: Script = () => ({ status, headers: { location: '/login/' }, body: page })
    await start({ 'GET /jwt/qps/csrftoken': refused })
    const error = (await openSession({ deployment, token }).catch((one) => one)) as Error
    expect(error).toMatchObject({ code, hint: expect.stringMatching(hint) })
    expect(error.message).not.toContain('<')
    if (status !== 302) expect(error.message).toContain('Some words')
    expect(JSON.stringify(error)).not.toContain(token)
  })

  it('names the causes of 404 when nothing there is a proxy of Qlik', async () => {
    await start({ 'GET /jwt/qps/csrftoken': missing })
    await expect(openSession({ deployment, token })).rejects.toMatchObject({
      code: 'ERR_QLIK_LOGIN_REFUSED',
      hint: expect.stringContaining('not a proxy of Qlik Sense'),
    })
  })

  it('takes no answer without a cookie or without the CSRF token that it should have', async () => {
    const bare: Script = () => ({ status: 204 })
    await start({ 'GET /jwt/qps/csrftoken': bare })
    await expect(openSession({ deployment, token })).rejects.toMatchObject({
      message: expect.stringContaining('holds no session cookie'),
    })
    await server.close()
    await start({ 'GET /jwt/qps/csrftoken': () => ({ headers: { 'set-cookie': cookie } }) })
    await expect(openSession({ deployment, token })).rejects.toMatchObject({
      message: expect.stringContaining('holds no CSRF token'),
    })
  })
})

describe('a session of client-managed Qlik', () => {
  const open = () => openSession({ deployment, token })

  it('makes calls below the prefix, with the key twice and the query as it was written', async () => {
    await start({ 'GET /jwt/qrs/app': () => ({ body: [] }) })
    const session = await open()
    const path = "/qrs/app?filter=name%20eq%20'a%2Bb'&Xrfkey=0123456789abcdef"
    await callAs(session, { path })
    const request = server.requests.at(-1) as ReceivedRequest
    const key = xrfkeyOf(request)
    expect(request.path).toBe(`/jwt/qrs/app?filter=name%20eq%20%27a%2Bb%27&xrfkey=${key}`)
    expect(request.headers).toMatchObject({ cookie, 'qlik-csrf-token': 'csrf' })
    expect(request.headers).not.toHaveProperty('authorization')
    await callAs(session, { path: '/qrs/app' })
    expect(xrfkeyOf(server.requests.at(-1) as ReceivedRequest)).not.toBe(key)
  })

  it('reaches no other virtual proxy by a path', async () => {
    await start({})
    const session = await open()
    await expect(callAs(session, { path: '/../other/qrs/app' })).rejects.toMatchObject({
      code: 'ERR_QLIK_OPTION',
    })
  })

  it.each([
    [401, 'ERR_QLIK_NOT_LOGGED_IN', /the session has ended/],
    [403, 'ERR_QLIK_REFUSED', /security rules/],
    [400, 'ERR_QLIK_REFUSED', /not encoded/],
    [409, 'ERR_QLIK_REFUSED', /changed it since/],
  ])('says what a refusal with %i may come from', async (status, code, hint) => {
    await start({ 'GET /jwt/qrs/app': () => ({ status, body: 'XSRF prevention check failed.' }) })
    const session = await open()
    await expect(callAs(session, { path: '/qrs/app' })).rejects.toMatchObject({
      code,
      message: expect.stringContaining('XSRF prevention check failed'),
      hint: expect.stringMatching(hint),
    })
  })

  it('says whose it is, and that it has ended', async () => {
    await start({ 'GET /jwt/qps/user': ada })
    const session = await open()
    expect(await getCurrentUser({ session })).toMatchObject({ id: 'ACME\\ada', name: 'Ada' })
    await server.close()
    await start({ 'GET /jwt/qps/user': () => ({ body: { session: 'inactive' } }) })
    const ended = await open()
    await expect(getCurrentUser({ session: ended })).rejects.toMatchObject({
      code: 'ERR_QLIK_NOT_LOGGED_IN',
    })
  })

  it.each([204, 200, 302, 401, 404])('ends, also when Qlik answers %i', async (status) => {
    await start({ 'DELETE /jwt/qps/user': () => ({ status, headers: { location: '/x' } }) })
    const session = await open()
    await endSession({ session })
    const request = server.requests.at(-1) as ReceivedRequest
    expect(request).toMatchObject({ method: 'DELETE', headers: { cookie } })
    expect(xrfkeyOf(request)).not.toBe('')
  })

  it('is not ended by a refusal', async () => {
    await start({ 'DELETE /jwt/qps/user': () => ({ status: 403 }) })
    const session = await open()
    await expect(endSession({ session })).rejects.toMatchObject({ code: 'ERR_QLIK_REFUSED' })
  })

  it('opens a web socket by cookie, origin, and a CSRF token that is fresh', async () => {
    let count = 0
    const fresh: Script = (request, response) => {
      count += 1
      const answer = login(request, response) as { headers: object }
      return { ...answer, headers: { ...answer.headers, 'qlik-csrf-token': `csrf-${count}` } }
    }
    await start({ 'GET /jwt/qps/csrftoken': fresh })
    const session = await open()
    const product = productFor(deployment)
    const prepared = await product.prepareUpgrade({ session })
    expect(engineUrl({ session: prepared, appId: 'engineData' })).toBe(
      `${server.url.replace('http', 'ws')}/jwt/app/engineData?qlik-csrf-token=csrf-2`,
    )
    expect(product.authorizeUpgrade(prepared).headers).toEqual({
      'user-agent': 'jotgate',
      cookie,
      origin: server.url,
    })
  })

  it.each([401, 403, 302])(
    'is lost when its CSRF token is asked for, by status %i',
    async (status) => {
      await start({})
      const session = await open()
      await server.close()
      await start({ 'GET /jwt/qps/csrftoken': () => ({ status, headers: { location: '/login' } }) })
      const lost = restoreSession({ ...keepSession(session), url: server.url })
      await expect(productFor(deployment).prepareUpgrade({ session: lost })).rejects.toMatchObject({
        code: 'ERR_QLIK_NOT_LOGGED_IN',
        details: { status },
      })
    },
  )

  it('keeps its CSRF token when Qlik names no other', async () => {
    await start({})
    const session = await open()
    expect(await productFor(deployment).renewCsrfToken({ session })).toBeUndefined()
    expect(await productFor(deployment).prepareUpgrade({ session })).toBe(session)
  })

  it('can be kept, and restored at its virtual proxy', async () => {
    await start({ 'GET /jwt/qps/user': ada })
    const kept = JSON.parse(JSON.stringify(keepSession(await open())))
    expect(kept).toMatchObject({ product: 'client-managed', prefix: 'jwt', csrfToken: 'csrf' })
    const session = restoreSession(kept)
    expect((await getCurrentUser({ session })).subject).toBe('ada')
  })
})

describe('a signal that the session has ended', () => {
  const { isSessionLost } = productFor({ product: 'client-managed', url: 'https://a.example' })
  const notification = (method: string, params?: object) => ({ notification: { method, params } })

  it.each([
    { status: 401 },
    { closeCode: 4001 },
    { closeCode: 4006 },
    notification('OnSessionTimedOut'),
    notification('OnSessionLoggedOut'),
    notification('OnSessionClosed'),
    notification('OnAuthenticationInformation', { mustAuthenticate: true }),
  ])('is %j', (signal) => expect(isSessionLost(signal)).toBe(true))

  it.each([
    { status: 403 },
    { status: 302 },
    { closeCode: 1000 },
    { closeCode: 1006 },
    notification('OnConnected', { qSessionState: 'SESSION_CREATED' }),
    notification('OnAuthenticationInformation', { mustAuthenticate: false }),
    notification('OnMaxParallelSessionsExceeded'),
  ])('is not %j', (signal) => expect(isSessionLost(signal)).toBe(false))
})
