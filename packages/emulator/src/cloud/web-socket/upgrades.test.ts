import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { startTenant, type TestTenant, testOrigin } from '../testing/tenant.ts'

let tenant: TestTenant
beforeEach(async () => {
  tenant = await startTenant()
})
afterEach(() => tenant.close())

interface Outcome {
  readonly opened: boolean
  readonly httpStatus?: number
  readonly closeCode?: number
  readonly message?: string
}

/** Opens a web socket and tells what became of it: first message, HTTP refusal or close code. */
async function open(path: string, headers: Record<string, string> = {}): Promise<Outcome> {
  const socket = new WebSocket(tenant.emulator.url.replace('http', 'ws') + path, { headers })
  const { promise, resolve } = Promise.withResolvers<Outcome>()
  let opened = false
  socket.on('open', () => {
    opened = true
  })
  socket.on('message', (data) => resolve({ opened, message: String(data) }))
  socket.on('unexpected-response', (_, response) => {
    resolve({ opened, httpStatus: response.statusCode ?? 0 })
    response.resume()
  })
  socket.on('close', (closeCode) => resolve({ opened, closeCode }))
  socket.on('error', () => {})
  const outcome = await promise
  socket.terminate()
  return outcome
}

const opened = { opened: true, message: '{"opened":"sales"}' }

describe('a web socket', () => {
  it('opens by cookies and the CSRF token in query or header, and reaches the engine with its user', async () => {
    await tenant.admin('PATCH', '/api/v1/groups/settings', [
      { op: 'replace', path: '/autoCreateGroups', value: true },
    ])
    const { cookie, csrfToken } = await tenant.login({ groups: ['sales'] })
    expect(await open(`/app/sales?qlik-csrf-token=${csrfToken}`, { cookie })).toEqual(opened)
    const inHeader = { cookie, 'qlik-csrf-token': csrfToken }
    expect(await open('/app/sales/identity/x/ttl/60?reloadUri=y', inHeader)).toEqual(opened)
    const user = {
      userId: tenant.emulator.state.users().find((one) => !one.isAdmin)?.id,
      subject: 'ada',
      name: 'Ada',
      email: 'ada@acme.example',
      groups: ['sales'],
    }
    expect(tenant.engine.accepted).toEqual([
      { appId: 'sales', user },
      { appId: 'sales', identity: 'x', ttlSeconds: 60, user },
    ])
    expect(tenant.emulator.requests.at(-1)).toMatchObject({
      path: '/app/sales/identity/x/ttl/60',
      status: 101,
    })
    expect(JSON.stringify(tenant.emulator.requests)).not.toContain(csrfToken)
  })

  it('opens by the administrator’s key without a CSRF token', async () => {
    const authorization = `Bearer ${tenant.emulator.adminKey}`
    expect(await open('/app/sales', { authorization })).toEqual(opened)
    expect(tenant.engine.accepted).toMatchObject([{ user: { isAdmin: true } }])
  })

  it('of a page needs the ID of an integration that lists its origin', async () => {
    const { cookie, csrfToken } = await tenant.login()
    const query = `qlik-csrf-token=${csrfToken}`
    const id = `qlik-web-integration-id=${tenant.webIntegrationId}`
    const from = (origin: string) => ({ cookie, origin })
    expect(await open(`/app/sales?${query}&${id}`, from(testOrigin))).toEqual(opened)
    for (const [path, origin] of [
      [`/app/sales?${query}`, testOrigin],
      [`/app/sales?${query}&qlik-web-integration-id=x`, testOrigin],
      [`/app/sales?${query}&${id}`, 'https://evil.example'],
    ] as const)
      expect(await open(path, from(origin))).toEqual({ opened: false, httpStatus: 401 })
    expect(tenant.engine.accepted).toHaveLength(1)
  })
})

describe('a refused web socket', () => {
  async function refusals(): Promise<Outcome[]> {
    const { cookie, csrfToken } = await tenant.login()
    const other = await tenant.login({ sub: 'bob' })
    const outcomes = [
      await open('/app/sales'),
      await open(`/app/sales?qlik-csrf-token=${csrfToken}`),
      await open(`/app/sales?qlik-csrf-token=${csrfToken}`, {
        cookie: cookie.replace(/eas\.sid\.sig=./, 'eas.sid.sig='),
      }),
      await open('/app/sales', { authorization: 'Bearer wrong' }),
      await open('/app/sales', { cookie }),
      await open(`/app/sales?qlik-csrf-token=${other.csrfToken}`, { cookie }),
    ]
    expect(tenant.engine.accepted).toEqual([])
    return outcomes
  }

  it('gets 401 without a session and 403 without its CSRF token', async () => {
    const statuses = (await refusals()).map((outcome) => outcome.httpStatus)
    expect(statuses).toEqual([401, 401, 401, 401, 403, 403])
  })

  it('is closed with 4006 and 4203 when the switch says so', async () => {
    tenant.emulator.switches.set({ webSocketRefusal: 'close' })
    const outcomes = await refusals()
    expect(outcomes.every((outcome) => outcome.opened)).toBe(true)
    expect(outcomes.map((outcome) => outcome.closeCode)).toEqual([
      4006, 4006, 4006, 4006, 4203, 4203,
    ])
    expect(tenant.emulator.requests.at(-1)).toMatchObject({ status: 101, closeCode: 4203 })
  })

  it('elsewhere than on an app gets 404 whatever the switch says', async () => {
    tenant.emulator.switches.set({ webSocketRefusal: 'close' })
    const authorization = `Bearer ${tenant.emulator.adminKey}`
    for (const path of ['/', '//app/sales', '/app/sales/more', '/api/v1/users/me'])
      expect(await open(path, { authorization })).toEqual({ opened: false, httpStatus: 404 })
  })
})

describe('an open web socket', () => {
  async function openLasting(): Promise<WebSocket> {
    const { cookie, csrfToken } = await tenant.login()
    const url = `${tenant.emulator.url.replace('http', 'ws')}/app/sales?qlik-csrf-token=${csrfToken}`
    const socket = new WebSocket(url, { headers: { cookie } })
    await once(socket, 'message')
    return socket
  }
  async function closeCodeOf(socket: WebSocket): Promise<number> {
    const [code] = await once(socket, 'close')
    return code as number
  }

  it('ends with its session: 4006', async () => {
    const socket = await openLasting()
    const closed = closeCodeOf(socket)
    const [session] = tenant.emulator.state.sessions()
    expect(session?.openSockets).toBe(1)
    tenant.emulator.state.endSession(session?.id ?? '')
    expect(await closed).toBe(4006)
  })

  it('ends when the time of its session is over, though nobody asks', async () => {
    const socket = await openLasting()
    const closed = closeCodeOf(socket)
    tenant.emulator.clock.advance(30 * 60)
    expect(await closed).toBe(4006)
  })

  it.each([
    [true, 1],
    [false, 0],
  ])('keeps its session alive by its traffic, with the switch at %s', async (keeps, left) => {
    tenant.emulator.switches.set({ webSocketKeepsSession: keeps })
    tenant.emulator.clock.set(new Date('2026-06-01T12:00:00Z'))
    const socket = await openLasting()
    tenant.emulator.clock.advance(29 * 60)
    // The answer to a ping comes after the message before it was read.
    socket.send('{}')
    socket.ping()
    await once(socket, 'pong')
    tenant.emulator.clock.advance(29 * 60)
    expect(tenant.emulator.state.sessions()).toHaveLength(left)
    socket.terminate()
  })

  it('ends with a reset and with the emulator', async () => {
    const first = await openLasting()
    const firstClosed = closeCodeOf(first)
    tenant.emulator.reset()
    expect(await firstClosed).toBe(4006)
    await tenant.close()
    tenant = await startTenant()
    const second = await openLasting()
    const secondClosed = closeCodeOf(second)
    await tenant.close()
    await secondClosed
  })
})

it('a peer that goes away in the middle of its handshake harms nobody', async () => {
  for (let round = 0; round < 20; round += 1) {
    const socket = connect(tenant.emulator.port, '127.0.0.1')
    await once(socket, 'connect')
    socket.write(
      'GET /app/sales HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    )
    socket.resetAndDestroy()
  }
  expect((await tenant.admin('GET', '/api/v1/users')).status).toBe(200)
})
