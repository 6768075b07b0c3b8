import { afterEach, describe, expect, it } from 'vitest'
import { cloud } from '../token/index.ts'
import { callAs } from './call-as.ts'
import type { RestCall } from './rest-call.ts'
import {
  byRoute,
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from './scripted-server.fixture.ts'
import { createSession } from './session.ts'

let server: ScriptedServer
afterEach(() => server.close())
async function start(script: Script) {
  server = await startScriptedServer(script)
  const session = createSession({
    deployment: cloud({ url: server.url, issuer: 'a' }),
    openedAt: 0,
    cookies: new Map([['eas.sid', 'sid-secret']]),
    csrfToken: 'csrf-secret',
  })
  return (call: RestCall) => callAs(session, call)
}
const failure = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(String(error) + JSON.stringify(error)).not.toMatch(/(sid|csrf)-secret/)
  return error
}

describe('a call made as a user', () => {
  it('carries cookies, CSRF token and body, and gives the answer', async () => {
    const call = await start(() => ({ status: 201, body: { id: 's1' } }))
    const answer = await call({ method: 'POST', path: '/api/v1/spaces?a=1', body: '{"name":"é"}' })
    expect(answer).toMatchObject({ call: 'POST /api/v1/spaces', status: 201 })
    expect(await answer.json()).toEqual({ id: 's1' })
    expect(server.requests).toMatchObject([
      {
        method: 'POST',
        path: '/api/v1/spaces?a=1',
        body: '{"name":"é"}',
        headers: {
          cookie: 'eas.sid=sid-secret',
          'qlik-csrf-token': 'csrf-secret',
          'content-type': 'application/json',
          accept: 'application/json, */*;q=0.5',
        },
      },
    ])
    expect(server.requests[0]?.headers).not.toHaveProperty('origin')
  })

  it('takes bytes, other header fields, and a whole address of the deployment', async () => {
    const call = await start(() => ({ status: 204 }))
    const answer = await call({
      method: 'PUT',
      path: new URL(`${server.url}/api/v1/thing`),
      body: new TextEncoder().encode('a,b'),
      headers: { 'Content-Type': 'text/csv', 'If-Match': '"7"', Accept: 'text/csv' },
    })
    expect(await answer.json()).toBeUndefined()
    expect(server.requests).toMatchObject([
      {
        body: 'a,b',
        headers: { 'content-type': 'text/csv', 'if-match': '"7"', accept: 'text/csv' },
      },
    ])
  })

  it.each([
    [{ path: '' }, 'path'],
    [{ path: 'api/v1/x' }, 'path'],
    [{ path: '//evil.example/x' }, 'path'],
    [{ path: '/\\evil.example/x' }, 'path'],
    [{ path: '/\t/evil.example/x' }, 'path'],
    [{ path: '/x#y' }, 'path'],
    [{ path: '/x y' }, 'path'],
    [{ path: 'http://evil.example/x' }, 'path'],
    [{ path: new URL('http://evil.example/x') }, 'path'],
    [{ path: 'file:///etc/passwd' }, 'path'],
    [{ path: '/x', method: 'TRACE' as 'GET' }, 'method'],
    [{ path: '/x', body: '{}' }, 'body'],
    [{ path: '/x', timeoutMs: 0 }, 'timeoutMs'],
    [{ path: '/x', timeoutMs: 3_600_001 }, 'timeoutMs'],
    [{ path: '/x', maxBytes: 0 }, 'maxBytes'],
    [{ path: '/x', headers: { cookie: 'a=b' } }, 'headers'],
    [{ path: '/x', headers: { 'x-a': 'b\r\ncookie: c' } }, 'headers'],
  ])('is not made with %j', async (options, option) => {
    const call = await start(() => ({}))
    expect(await failure(call(options))).toMatchObject({
      code: 'ERR_QLIK_OPTION',
      details: { option },
    })
    expect(server.requests).toEqual([])
  })

  it('follows a redirect of a read, and of no write', async () => {
    const call = await start(
      byRoute({
        'GET /a': () => ({ status: 302, headers: { location: '/b', 'set-cookie': ['lb=2'] } }),
        'GET /b': () => ({ body: { ok: true } }),
        'POST /a': () => ({ status: 307, headers: { location: '/b' } }),
      }),
    )
    expect(await (await call({ path: '/a' })).json()).toEqual({ ok: true })
    expect(server.requests[1]?.headers.cookie).toBe('eas.sid=sid-secret; lb=2')
    expect(await failure(call({ method: 'POST', path: '/a' }))).toMatchObject({
      code: 'ERR_QLIK_ANSWER',
      details: { problem: 'is a redirect to /b, and only GET and HEAD follow those' },
    })
    expect(server.requests).toHaveLength(3)
  })

  it.each(['GET', 'POST'] as const)('sends nothing to another origin: %s', async (method) => {
    const elsewhere = await startScriptedServer(() => ({ body: {} }))
    const call = await start(() => ({ status: 307, headers: { location: `${elsewhere.url}/x` } }))
    expect(await failure(call({ method, path: '/a' }))).toMatchObject({
      code: 'ERR_QLIK_REDIRECT',
      details: { origin: elsewhere.url },
    })
    expect(elsewhere.requests).toEqual([])
    await elsewhere.close()
  })

  it('is sent again after 403 only when there is another CSRF token by then', async () => {
    let token = 'csrf-new'
    const call = await start(
      byRoute({
        'POST /a': ({ headers }) => ({
          status: headers['qlik-csrf-token'] === 'csrf-new' ? 200 : 403,
          body: { errors: [{ code: 'X', title: 'csrf-secret csrf-new' }] },
        }),
        'GET /a': () => ({ status: 403 }),
        'GET /api/v1/csrf-token': () => ({ status: 204, headers: { 'qlik-csrf-token': token } }),
      }),
    )
    expect((await call({ method: 'POST', path: '/a', body: '{}' })).status).toBe(200)
    expect(server.requests.map(({ method, path, body }) => `${method} ${path} ${body}`)).toEqual([
      'POST /a {}',
      'GET /api/v1/csrf-token ',
      'POST /a {}',
    ])
    token = 'csrf-secret'
    expect(await failure(call({ method: 'POST', path: '/a' }))).toMatchObject({
      code: 'ERR_QLIK_REFUSED',
    })
    expect(server.requests).toHaveLength(5)
    await failure(call({ path: '/a' }))
    expect(server.requests).toHaveLength(6)
  })

  it.each([
    [401, 'ERR_QLIK_NOT_LOGGED_IN'],
    [404, 'ERR_QLIK_REFUSED'],
    [429, 'ERR_QLIK_RATE_LIMITED'],
    [503, 'ERR_QLIK_FAILED'],
    [304, 'ERR_QLIK_ANSWER'],
  ])('that is answered %i fails with Qlik’s words and without secrets', async (status, code) => {
    const words = { errors: [{ code: 'Q-1', title: 'sid-secret' }] }
    const call = await start(() => ({ status, ...(status === 304 ? {} : { body: words }) }))
    const error = await failure(call({ path: '/a' }))
    expect(error).toMatchObject({ code })
    if (status !== 304) expect(String(error)).toContain(`${status}: Q-1, [secret]`)
    expect(server.requests).toHaveLength(1)
  })

  it('counts a Retry-After date from the clock that it is given', async () => {
    const headers = { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT', date: 'none' }
    const call = await start(() => ({ status: 429, headers }))
    const clock = () => Date.parse('2026-10-21T07:27:30Z')
    expect(await failure(call({ path: '/a', clock }))).toMatchObject({
      details: { retryAfterSeconds: 30 },
    })
  })

  it.each([{ status: 200 }, { status: 500 }])('takes no HTML page for data: %j', async (answer) => {
    const headers = { 'content-type': 'text/html; charset=utf-8' }
    const call = await start(() => ({ ...answer, headers, body: '<html>Log in</html>' }))
    const error = await failure(call({ path: '/a' }))
    expect(error).toMatchObject({
      code: answer.status === 200 ? 'ERR_QLIK_ANSWER' : 'ERR_QLIK_FAILED',
    })
    if (answer.status === 500) return
    const page = await call({ path: '/a', headers: { accept: 'text/html' } })
    expect(await page.text()).toBe('<html>Log in</html>')
  })

  it('reads no more than it may, and streams what it may', async () => {
    const call = await start(() => ({ body: 'x'.repeat(100_000) }))
    const small = await call({ path: '/a', maxBytes: 99_999 })
    expect(await failure(small.text())).toMatchObject({
      details: { problem: 'is larger than 99999 bytes' },
    })
    let bytes = 0
    const whole = await call({ path: '/a', maxBytes: Number.POSITIVE_INFINITY })
    for await (const chunk of whole.body) bytes += chunk.byteLength
    expect(bytes).toBe(100_000)
  })

  it('says what is wrong with a body that is not JSON, and does not repeat it', async () => {
    const call = await start(() => ({ body: 'sid-secret' }))
    const answer = await call({ path: '/a' })
    expect(await failure(answer.json())).toMatchObject({ details: { problem: 'is not JSON' } })
  })

  it('says when an answer breaks off, hangs in the middle, or is called off', async () => {
    const controller = new AbortController()
    const call = await start(({ path }, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half')
      if (path === '/cut') setTimeout(() => response.destroy(), 20)
      if (path === '/off') setTimeout(() => controller.abort(new Error('gone')), 20)
      return undefined
    })
    const read = async (path: string, options: Partial<RestCall> = {}) =>
      (await call({ path, ...options })).text()
    expect(await failure(read('/cut'))).toMatchObject({ code: 'ERR_QLIK_BROKEN_OFF' })
    expect(await failure(read('/hang', { timeoutMs: 100 }))).toMatchObject({
      code: 'ERR_QLIK_TIMEOUT',
    })
    expect(String(await failure(read('/off', { signal: controller.signal })))).toBe('Error: gone')
  })
})
