import { describe, expect, it } from 'vitest'
import { pathsOf } from '../page.fixture.ts'
import type { ConnectionEvent } from '../reasons.ts'
import { openGatewayPage } from './gateway-page.fixture.ts'

const minute = 60_000

describe('a page that connects through a gateway', () => {
  it('sends an assertion, and asks the gateway whose session it is', async () => {
    const page = await openGatewayPage()
    const connection = await page.connect()
    expect(connection.state).toEqual({ state: 'connected' })
    expect(pathsOf(page.gateway)).toEqual([
      'POST /.jotgate/login',
      'GET /.jotgate/session',
      'GET /api/v1/users/me',
    ])
    const [login, ...others] = page.gateway.requests
    expect(login?.headers.authorization).toMatch(/^Bearer eyJ/)
    for (const { headers } of others) expect(headers).not.toHaveProperty('authorization')
    expect(await connection.user()).toMatchObject({ id: 'u1', subject: '42', name: 'Ada' })
    expect([...page.jar.keys()]).toEqual(['__Host-jotgate'])
  })

  it('adds nothing of Qlik to addresses and requests', async () => {
    const page = await openGatewayPage({ 'POST /api/v1/notes': () => ({ status: 201 }) })
    const { fetch, webSocketUrl, singleUrl } = await page.connect()
    expect((await fetch('/api/v1/notes', { method: 'POST', body: 'a' })).status).toBe(201)
    expect(page.gateway.requests.at(-1)?.headers).not.toHaveProperty('qlik-csrf-token')
    expect(webSocketUrl('a')).toBe(`${page.gateway.url.replace('http', 'ws')}/app/a`)
    expect(singleUrl('a', { objectId: 'o' })).toBe(`${page.gateway.url}/single/?appid=a&obj=o`)
    await expect(fetch('https://elsewhere.example/')).rejects.toMatchObject({
      code: 'ERR_BROWSER_OPTION',
    })
  })

  it('sends nothing where the gateway asks the application', async () => {
    const page = await openGatewayPage()
    const { fetch } = await page.connect({ assertion: undefined })
    expect(page.gateway.requests[0]?.headers).not.toHaveProperty('authorization')
    // Each login has to work, not the first one alone.
    page.pass(16 * minute)
    expect((await fetch('/api/v1/users/me')).status).toBe(200)
    page.person = undefined
    page.pass(16 * minute)
    await expect(fetch('/api/v1/users/me')).rejects.toMatchObject({
      code: 'ERR_BROWSER_NOT_LOGGED_IN',
    })
  })

  it('takes the base path of a virtual proxy from the gateway', async () => {
    const answer = {
      user: { subject: 'ada' },
      product: 'client-managed',
      prefix: 'jwt',
      state: 'open',
      now: 0,
      endsAt: 9e5,
    }
    const page = await openGatewayPage({
      'GET /.jotgate/session': () => ({ body: answer }),
      'GET /jwt/qps/user': () => ({
        body: { session: 'active', userDirectory: 'ACME', userId: 'ada', userName: 'Ada' },
      }),
    })
    const { webSocketUrl, user } = await page.connect()
    expect(webSocketUrl('a')).toContain('/jwt/app/a')
    expect(await user()).toMatchObject({ subject: 'ada' })
  })

  it('waits for its turn in the morning, and says so', async () => {
    const page = await openGatewayPage()
    page.turns = 2
    const events: ConnectionEvent[] = []
    const connection = await page.connect({ onEvent: (event) => events.push(event) })
    expect(events).toMatchObject([
      { state: 'waiting', reason: 'queue-full', retryInMs: 1000 },
      { state: 'waiting', reason: 'queue-full', retryInMs: 1000 },
    ])
    expect(connection.state).toEqual({ state: 'connected' })
    expect(page.assertions).toBe(1)
  })

  it.each([
    [{ status: 401, body: { code: 'ERR_GATEWAY_NOT_IDENTIFIED' } }, 'refused'],
    [{ status: 403, body: { code: 'ERR_GATEWAY_NOT_AUTHORISED' } }, 'not-permitted'],
    [{ status: 429, headers: { 'retry-after': '7' } }, 'rate-limited'],
    [{ status: 503, body: { code: 'ERR_GATEWAY_HOST_SILENT' } }, 'host-unreachable'],
    [{ status: 503, body: { code: 'ERR_GATEWAY_STORE' } }, 'qlik-unreachable'],
  ])('says why the gateway opens no session: %j is %s', async (answer, reason) => {
    const page = await openGatewayPage({ 'POST /.jotgate/login': () => answer })
    await expect(page.connect()).rejects.toMatchObject({
      code: 'ERR_BROWSER_GATEWAY_REFUSED',
      details: { reason },
    })
  })

  it('says when nobody is logged in, when the gateway is away, and when something else answers', async () => {
    const page = await openGatewayPage()
    page.person = undefined
    await expect(page.connect()).rejects.toMatchObject({ code: 'ERR_BROWSER_NOT_LOGGED_IN' })
    await page.gateway.close()
    page.person = '42'
    await expect(page.connect()).rejects.toMatchObject({ code: 'ERR_BROWSER_GATEWAY_UNREACHABLE' })
    const other = await openGatewayPage({ 'GET /.jotgate/session': () => ({ body: '<html>' }) })
    await expect(other.connect()).rejects.toMatchObject({ code: 'ERR_BROWSER_GATEWAY_ANSWER' })
  })

  it('refuses an assertion that is not a function', async () => {
    const page = await openGatewayPage()
    await expect(page.connect({ assertion: 'eyJ' as never })).rejects.toMatchObject({
      code: 'ERR_BROWSER_OPTION',
      details: { option: 'assertion' },
    })
  })
})

describe('a page whose gateway session has ended', () => {
  it.each([
    ['signed-out', 'signed-out'],
    ['revoked', 'revoked'],
    ['replaced', 'other-person'],
    ['host-signed-out', 'not-logged-in-to-host'],
    [undefined, 'signed-out'],
  ])('ends, and asks for no assertion: %s is %s', async (why, reason) => {
    const page = await openGatewayPage()
    const connection = await page.connect()
    page.end(why)
    await expect(connection.fetch('/api/v1/users/me')).rejects.toMatchObject({
      details: { reason },
    })
    expect(connection.state).toMatchObject({ state: 'ended', reason })
    expect(page.assertions).toBe(1)
  })

  it.each(['expired', 'host-silent'])('logs in again after %s, however soon', async (why) => {
    const page = await openGatewayPage()
    const events: ConnectionEvent[] = []
    const { fetch } = await page.connect({ onEvent: (event) => events.push(event) })
    page.end(why)
    expect((await fetch('/api/v1/users/me')).status).toBe(200)
    expect(page.assertions).toBe(2)
    expect(events).toMatchObject([{ state: 'renewed', login: 2 }])
  })

  it('logs in again after a time in which it may have expired', async () => {
    const page = await openGatewayPage()
    const { fetch } = await page.connect()
    page.end()
    page.pass(2 * minute)
    expect((await fetch('/api/v1/users/me')).status).toBe(200)
    expect(page.assertions).toBe(2)
  })

  it('does not become somebody else’s, neither by the application nor by another tab', async () => {
    const [first, second] = [await openGatewayPage(), await openGatewayPage()]
    const one = await first.connect()
    first.person = '43'
    first.end('expired')
    const changed = { code: 'ERR_BROWSER_USER_CHANGED' }
    await expect(one.fetch('/api/v1/users/me')).rejects.toMatchObject(changed)
    expect(first.sessions.size).toBe(0)
    const other = await second.connect()
    for (const name of second.sessions.keys())
      second.sessions.set(name, { subject: '43', endsAt: Date.now() + minute, state: 'open' })
    await expect(second.look(other)).rejects.toMatchObject(changed)
    expect(second.assertions).toBe(1)
  })

  it('logs out at the gateway', async () => {
    const page = await openGatewayPage()
    const connection = await page.connect()
    await connection.logout()
    expect(pathsOf(page.gateway).at(-1)).toBe('POST /.jotgate/logout')
    expect(connection.state).toMatchObject({ state: 'ended', reason: 'signed-out' })
  })
})

describe('a session by an assertion', () => {
  it.each([0, 3_600_000, -3_600_000])(
    'is kept by a new one before the 15 minutes are over, whatever the page’s clock says: %i ms',
    async (aheadMs) => {
      const page = await openGatewayPage()
      page.aheadMs = aheadMs
      const events: ConnectionEvent[] = []
      const connection = await page.connect({ onEvent: (event) => events.push(event) })
      page.pass(11 * minute)
      await page.look(connection)
      expect(page.assertions).toBe(1)
      page.pass(2 * minute)
      await page.look(connection)
      expect(page.assertions).toBe(2)
      page.pass(10 * minute)
      expect((await connection.fetch('/api/v1/users/me')).status).toBe(200)
      expect(events).toEqual([])
    },
  )
})
