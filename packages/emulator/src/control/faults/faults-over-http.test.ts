import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { documentedCloses } from '../../cloud/errors/documented-closes.ts'
import { documentedErrors } from '../../cloud/errors/documented-errors.ts'
import { startTenant, type TestTenant, testOrigin } from '../../cloud/testing/tenant.ts'

let tenant: TestTenant
beforeAll(async () => {
  tenant = await startTenant()
})
afterAll(() => tenant.close())
afterEach(() => tenant.emulator.faults.clear())

function openSocket(path = '/app/sales'): WebSocket {
  const headers = { authorization: `Bearer ${tenant.emulator.adminKey}` }
  return new WebSocket(`ws://localhost:${tenant.emulator.port}${path}`, { headers })
}

async function closeOf(socket: WebSocket): Promise<{ code: number; reason: string }> {
  const [code, reason] = await once(socket, 'close')
  return { code, reason: String(reason) }
}

describe('a fault that is switched on', () => {
  it.each(documentedErrors)('gives the documented $id', async (error) => {
    const { id, method, path, status, code, title, detail, retryAfterSeconds } = error
    tenant.emulator.faults.set([
      { effect: { kind: 'documented-error', error: id }, pathPrefix: path, method, times: 1 },
    ])
    const response = await tenant.send(method, path)
    expect(response.status).toBe(status)
    expect(response.headers.get('retry-after')).toBe(retryAfterSeconds?.toString() ?? null)
    const body = (await response.json()) as Record<string, unknown>
    const failure = { code, title, ...(detail === undefined ? {} : { detail }) }
    if (id === 'csrf-2') expect(body).toMatchObject(failure)
    else expect(body).toMatchObject({ errors: [failure] })
    expect(tenant.emulator.requests.at(-1)).toMatchObject({ path, fault: id, error: failure })
  })

  it.each(documentedCloses)('closes a web socket with $closeCode', async (one) => {
    const { closeCode, text, sessionState } = one
    tenant.emulator.faults.set([{ effect: { kind: 'close-socket', closeCode }, times: 1 }])
    const socket = openSocket()
    const frames: unknown[] = []
    socket.on('message', (data) => frames.push(JSON.parse(String(data))))
    expect(await closeOf(socket)).toEqual({ code: closeCode, reason: text })
    const greeting = { method: 'OnConnected', params: { qSessionState: sessionState } }
    if (sessionState !== undefined) expect(frames).toMatchObject([greeting, expect.anything()])
    else expect(frames).toEqual([])
    expect(tenant.emulator.requests.at(-1)).toMatchObject({ status: 101, closeCode })
  })

  it('changes nothing of the tenant', async () => {
    const before = tenant.emulator.state.webIntegrations()
    tenant.emulator.faults.set([{ effect: { kind: 'server-error', status: 502 }, times: 1 }])
    const body = { name: 'another', validOrigins: [] }
    const response = await tenant.admin('POST', '/api/v1/web-integrations', body)
    expect(response.status).toBe(502)
    expect(await response.json()).toMatchObject({ errors: [{ code: 'HTTP-502', status: '502' }] })
    expect(tenant.emulator.state.webIntegrations()).toEqual(before)
  })

  it('tells how long to wait in header and text', async () => {
    tenant.emulator.faults.set([{ effect: { kind: 'rate-limit', retryAfterSeconds: 2 } }])
    const response = await tenant.send('GET', '/api/v1/users/me')
    expect(response.headers.get('retry-after')).toBe('2')
    expect(await response.json()).toEqual({
      errors: [
        {
          code: 'HTTP-429',
          title: 'API rate limit reached.',
          detail: 'You need to wait 2 seconds until limit is lifted.',
        },
      ],
    })
  })

  it('can be read by a page of a listed origin', async () => {
    tenant.emulator.faults.set([{ effect: { kind: 'rate-limit' } }])
    const response = await tenant.send('GET', '/api/v1/users/me', {
      origin: testOrigin,
      'qlik-web-integration-id': tenant.webIntegrationId,
    })
    expect(response.status).toBe(429)
    expect(response.headers.get('access-control-allow-origin')).toBe(testOrigin)
    await response.text()
  })

  it('holds an answer back', async () => {
    tenant.emulator.faults.set([
      { effect: { kind: 'latency', ms: 60 }, pathPrefix: '/api/v1/users' },
    ])
    const startedMs = performance.now()
    await (await tenant.send('GET', '/api/v1/users/me')).text()
    // Timers may fire a millisecond early.
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(58)
    expect(tenant.emulator.requests.at(-1)).toMatchObject({ status: 401, fault: 'latency 60 ms' })
  })

  it('holds the handshake of a web socket back, and refuses it by HTTP', async () => {
    tenant.emulator.faults.set([
      { effect: { kind: 'latency', ms: 40 } },
      { effect: { kind: 'server-error', status: 503 } },
    ])
    const startedMs = performance.now()
    const [error] = await once(openSocket(), 'error')
    expect(String(error)).toContain('503')
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(38)
  })

  it('is not used up by a request that was not meant for this machine', async () => {
    tenant.emulator.faults.set([{ effect: { kind: 'server-error', status: 503 }, times: 1 }])
    const socket = new WebSocket(`ws://localhost:${tenant.emulator.port}/app/sales`, {
      headers: { host: 'evil.example' },
    })
    const [error] = await once(socket, 'error')
    expect(String(error)).toContain('401')
    expect(tenant.emulator.faults.get()).toMatchObject([{ timesApplied: 0 }])
  })
})

describe('cutSockets', () => {
  it.each([
    [{}, { code: 4003, reason: 'The engine is in terminating state' }],
    [
      { closeCode: 4205 },
      { code: 4205, reason: 'Too many requests have been sent in a given amount of time' },
    ],
    [
      { closeCode: 1001, reason: 'gone' },
      { code: 1001, reason: 'gone' },
    ],
    [{ closeCode: 1006 }, { code: 1006, reason: '' }],
  ])('closes what is open: %j', async (options, expected) => {
    const sockets = [openSocket(), openSocket()]
    await Promise.all(sockets.map((socket) => once(socket, 'message')))
    const closed = Promise.all(sockets.map(closeOf))
    expect(tenant.emulator.cutSockets(options)).toBe(2)
    expect(await closed).toEqual([expected, expected])
    expect(tenant.emulator.cutSockets(options)).toBe(0)
  })

  it('refuses a code that no server may send', () => {
    expect(() => tenant.emulator.cutSockets({ closeCode: 1005 })).toThrow(
      expect.objectContaining({ code: 'ERR_EMULATOR_FAULT' }),
    )
  })
})
