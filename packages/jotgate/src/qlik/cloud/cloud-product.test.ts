import { afterEach, describe, expect, it } from 'vitest'
import { cloud } from '../../token/index.ts'
import { endSession, openSession, productFor } from '../product-for.ts'
import {
  byRoute,
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from '../scripted-server.fixture.ts'
import { getCsrfToken } from './csrf-token.ts'

const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJl'
const loginCookies = [
  'AWSALB=lb; Expires=Tue, 05 Jan 2077 08:00:00 GMT; Path=/',
  'eas.sid=sid; path=/; secure; httponly',
  'eas.sid.sig=sig; path=/; secure; httponly',
  '_csrfToken=csrf; path=/; secure',
  '_csrfToken.sig=csig; path=/; secure',
]
const allCookies = 'AWSALB=lb; eas.sid=sid; eas.sid.sig=sig; _csrfToken=csrf; _csrfToken.sig=csig'
const login: Script = () => ({ headers: { 'set-cookie': loginCookies }, body: {} })

let server: ScriptedServer
let deployment: ReturnType<typeof cloud>
afterEach(() => server.close())
async function start(routes: Record<string, Script>): Promise<void> {
  server = await startScriptedServer(byRoute({ 'POST /login/jwt-session': login, ...routes }))
  deployment = cloud({ url: server.url, issuer: 'acme.example' })
}

describe('opening a session at Qlik Cloud', () => {
  it('posts the token as a server does: bearer, no body, no origin, no web integration', async () => {
    await start({})
    const session = await openSession({ deployment, token, clock: () => 5000 })
    expect(server.requests).toHaveLength(1)
    const [request] = server.requests
    expect(request).toMatchObject({ method: 'POST', path: '/login/jwt-session', body: '' })
    expect(request?.headers.authorization).toBe(`Bearer ${token}`)
    for (const name of ['origin', 'referer', 'cookie', 'qlik-web-integration-id', 'content-type'])
      expect(request?.headers).not.toHaveProperty(name)
    expect(session.csrfToken).toBe('csrf')
    expect(session.openedAt).toBe(5000)
    expect([...session.cookies.keys()]).toEqual([
      'AWSALB',
      'eas.sid',
      'eas.sid.sig',
      '_csrfToken',
      '_csrfToken.sig',
    ])
  })

  it('asks for the CSRF token when no cookie holds it', async () => {
    await start({
      'POST /login/jwt-session': () => ({ headers: { 'set-cookie': loginCookies.slice(0, 3) } }),
      'GET /api/v1/csrf-token': () => ({ status: 204, headers: { 'qlik-csrf-token': 'asked' } }),
    })
    const session = await openSession({ deployment, token })
    expect(session.csrfToken).toBe('asked')
    expect(server.requests[1]?.headers.cookie).toBe('AWSALB=lb; eas.sid=sid; eas.sid.sig=sig')
    expect(server.requests[1]?.headers).not.toHaveProperty('authorization')
  })

  it('tells what Qlik said when it refuses, and not the token', async () => {
    const refused = {
      errors: [{ code: 'X-1', title: 'No', detail: `bad ${token}`, status: '401' }],
    }
    await start({ 'POST /login/jwt-session': () => ({ status: 401, body: refused }) })
    await expect(openSession({ deployment, token })).rejects.toMatchObject({
      code: 'ERR_QLIK_LOGIN_REFUSED',
      details: { status: 401, code: 'X-1', title: 'No', detail: 'bad [secret]' },
    })
  })

  it('does not follow a redirect: the token goes to one address only', async () => {
    const elsewhere = await startScriptedServer(() => ({}))
    await start({
      'POST /login/jwt-session': () => ({ status: 307, headers: { location: elsewhere.url } }),
    })
    await expect(openSession({ deployment, token })).rejects.toMatchObject({
      code: 'ERR_QLIK_ANSWER',
    })
    expect(elsewhere.requests).toEqual([])
    await elsewhere.close()
  })

  it('does not take an answer without cookies for a session', async () => {
    await start({ 'POST /login/jwt-session': () => ({ body: {} }) })
    await expect(openSession({ deployment, token })).rejects.toMatchObject({
      code: 'ERR_QLIK_ANSWER',
      details: { call: 'POST /login/jwt-session', problem: 'holds no session cookie' },
    })
  })

  it('refuses what is not a token before anything is sent, without repeating it', async () => {
    await start({})
    for (const wrong of ['', `${token}\r\nx: y`, `Bearer ${token}`, 'tökén', undefined]) {
      const error: unknown = await openSession({ deployment, token: wrong as string }).catch(
        (e) => e,
      )
      expect(error).toBeInstanceOf(TypeError)
      expect(String(error)).not.toContain('eyJ')
    }
    expect(server.requests).toEqual([])
  })
})

describe('a session at Qlik Cloud', () => {
  it('makes a request the user’s: with the cookies and the CSRF token', async () => {
    await start({})
    const session = await openSession({ deployment, token })
    const { authorizeHttp, authorizeUpgrade } = productFor(deployment)
    expect(authorizeHttp(session)).toEqual({
      headers: { cookie: allCookies, 'qlik-csrf-token': 'csrf' },
      query: {},
    })
    expect(authorizeUpgrade(session)).toEqual({
      headers: { cookie: allCookies },
      query: { 'qlik-csrf-token': 'csrf' },
    })
  })

  it('asks for its CSRF token again', async () => {
    await start({
      'GET /api/v1/csrf-token': () => ({ status: 204, headers: { 'qlik-csrf-token': 'new' } }),
    })
    const session = await openSession({ deployment, token })
    expect(await getCsrfToken({ session })).toBe('new')
    expect(server.requests[1]?.headers.cookie).toBe(allCookies)
  })

  it.each([
    [{ status: 401 }, 'ERR_QLIK_NOT_LOGGED_IN'],
    [{ status: 404 }, 'ERR_QLIK_REFUSED'],
    [{ status: 204 }, 'ERR_QLIK_ANSWER'],
    [{ status: 204, headers: { 'qlik-csrf-token': 'a b' } }, 'ERR_QLIK_ANSWER'],
    [{ status: 503 }, 'ERR_QLIK_FAILED'],
  ])('says when the CSRF token is answered by %j: %s', async (answer, code) => {
    await start({ 'GET /api/v1/csrf-token': () => answer })
    const session = await openSession({ deployment, token })
    await expect(getCsrfToken({ session })).rejects.toMatchObject({ code })
  })

  it('takes over the cookies of an answer, and the CSRF token that one of them holds', async () => {
    await start({})
    const session = await openSession({ deployment, token })
    const { receiveAnswer } = productFor(deployment)
    const headers = new Headers([
      ['set-cookie', '_csrfToken=changed; Path=/; Secure'],
      ['set-cookie', 'AWSALB=2; Path=/'],
    ])
    const received = receiveAnswer(session, headers)
    expect(received.csrfToken).toBe('changed')
    expect(received.cookies.get('AWSALB')).toBe('2')
    expect(receiveAnswer(session, new Headers()).csrfToken).toBe(session.csrfToken)
  })

  it('is ended by /logout; one that has ended already is not an error', async () => {
    for (const status of [200, 204, 302, 401, 404]) {
      await start({ 'GET /logout': () => ({ status, headers: { location: '/login' } }) })
      await endSession({ session: await openSession({ deployment, token }) })
      expect(server.requests.map(({ path }) => path)).toEqual(['/login/jwt-session', '/logout'])
      expect(server.requests[1]?.headers.cookie).toBe(allCookies)
      await server.close()
    }
    await start({ 'GET /logout': () => ({ status: 502 }) })
    const session = await openSession({ deployment, token })
    await expect(endSession({ session })).rejects.toMatchObject({ code: 'ERR_QLIK_FAILED' })
  })

  it('is lost after a 401 or the engine’s close code 4006, and after nothing else', async () => {
    await start({})
    const { isSessionLost } = productFor(deployment)
    expect([{ status: 401 }, { closeCode: 4006 }].map(isSessionLost)).toEqual([true, true])
    const others = [{}, { status: 403 }, { status: 500 }, { closeCode: 4001 }, { closeCode: 1006 }]
    expect(others.map(isSessionLost)).toEqual([false, false, false, false, false])
  })
})
