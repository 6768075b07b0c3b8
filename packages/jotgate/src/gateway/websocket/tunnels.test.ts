import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { gatewayErrors } from '../errors.ts'
import { frameOf } from './frames.fixture.ts'
import {
  acceptUpgrade,
  openSession,
  openTunnelStage,
  upgradeRequest,
} from './tunnel-stage.fixture.ts'

describe('a tunnel', () => {
  it('carries messages both ways, over a connection of its own', async () => {
    await using stage = (await openTunnelStage()).echo()
    const [first, second] = [await stage.open(), await stage.open()]
    for (const { client } of [first, second]) {
      const answer = once(client, 'message')
      client.send('hello')
      expect(String((await answer)[0])).toBe('hello')
    }
    expect(stage.tunnels.count).toBe(2)
    expect(new Set(stage.upstreamSockets).size).toBe(2)
    first.client.close(1000)
    await once(first.client, 'close')
    await expect.poll(() => stage.tunnels.count).toBe(1)
  })

  it('gives Qlik the fields of the decision, and a handshake of its own', async () => {
    await using stage = await openTunnelStage({
      headers: [
        ['cookie', 'eas.sid=s1'],
        ['origin', 'https://www.acme.example'],
        ['connection', 'keep-alive'],
        ['sec-websocket-key', 'AAAAAAAAAAAAAAAAAAAAAA=='],
        ['content-length', '0'],
      ],
    })
    await stage.open({ path: '/app/a1?qlik-csrf-token=c', headers: { cookie: 'own=1' } })
    const [upgrade] = stage.upgrades
    expect(upgrade?.url).toBe('/app/a1?qlik-csrf-token=c')
    expect(upgrade?.headers).toMatchObject({
      cookie: 'eas.sid=s1',
      origin: 'https://www.acme.example',
      connection: 'upgrade',
      'sec-websocket-version': '13',
    })
    expect(upgrade?.headers).not.toHaveProperty('content-length')
    expect(upgrade?.headers['sec-websocket-key']).not.toBe('AAAAAAAAAAAAAAAAAAAAAA==')
  })

  it('lets client and Qlik agree on compression and a subprotocol', async () => {
    await using stage = (await openTunnelStage({ perMessageDeflate: true })).echo()
    const { client } = await stage.open({ perMessageDeflate: true, protocols: ['qix'] })
    expect([client.extensions, client.protocol]).toEqual(['permessage-deflate', 'qix'])
    const answer = once(client, 'message')
    client.send('x'.repeat(100_000))
    expect(String((await answer)[0])).toHaveLength(100_000)
  })

  it('puts Qlik’s cookies into the jar, and gives the client none', async () => {
    await using stage = await openTunnelStage({
      onUpgrade: (incoming, socket, head) =>
        acceptUpgrade(incoming, socket, head, 'set-cookie: a=1\r\nx-own: 1\r\n'),
    })
    const client = stage.connect()
    const [answer] = await once(client, 'upgrade')
    expect(stage.upstream.received).toEqual(['a=1'])
    expect(Object.keys(answer.headers).toSorted()).toEqual([
      'connection',
      'sec-websocket-accept',
      'upgrade',
      'x-request-id',
    ])
  })

  it('T-W05 keeps bytes that come with the request or before Qlik’s 101, in their order', async () => {
    const { promise: mayOpen, resolve: letOpen } = Promise.withResolvers<void>()
    await using stage = (await openTunnelStage({ beforeDecision: () => mayOpen })).echo()
    const received: unknown[] = []
    stage.engine.on('connection', (one) =>
      one.on('message', (data: Buffer) => received.push(String(data))),
    )
    const text = (one: string) => frameOf(1, one, { isMasked: true })
    const socket = stage.raw()
    socket.write(Buffer.concat([Buffer.from(upgradeRequest(stage.port)), text('a'), text('b')]))
    await once(stage.server, 'upgrade')
    socket.write(text('c'))
    letOpen()
    await once(socket, 'data')
    socket.write(text('d'))
    await expect.poll(() => received).toEqual(['a', 'b', 'c', 'd'])
    socket.destroy()
  })

  it('holds few bytes before Qlik’s 101', async () => {
    const { promise: mayOpen } = Promise.withResolvers<void>()
    await using stage = await openTunnelStage({ beforeDecision: () => mayOpen })
    const socket = stage.raw()
    socket.write(upgradeRequest(stage.port))
    const [, held] = await once(stage.server, 'upgrade')
    let sent = 0
    while (sent < 32 * 2 ** 20 && socket.write(Buffer.alloc(65_536))) sent += 65_536
    await new Promise((resolve) => setImmediate(resolve))
    await expect.poll(() => held.readableLength > 0).toBe(true)
    expect(held.readableLength).toBeLessThan(200_000)
    socket.destroy()
  })
})

describe('an upgrade that is refused', () => {
  it('T-W01 is answered with 426 and the version, or 400, before a byte to Qlik', async () => {
    await using stage = await openTunnelStage()
    const answerTo = async (change: Record<string, string | undefined>) => {
      const socket = stage.raw()
      socket.write(upgradeRequest(stage.port, change))
      let answer = ''
      for await (const chunk of socket) answer += chunk
      return answer
    }
    const version = await answerTo({ 'sec-websocket-version': '8' })
    expect(version).toMatch(/^HTTP\/1\.1 426 /)
    expect(version).toMatch(/\r\nsec-websocket-version: 13\r\n/i)
    expect(version).toMatch(/\r\nupgrade: websocket\r\n/i)
    expect(await answerTo({ 'sec-websocket-key': 'short' })).toMatch(/^HTTP\/1\.1 400 /)
    expect(await answerTo({ 'content-length': '5' })).toMatch(/^HTTP\/1\.1 400 /)
    expect(stage.upgrades).toEqual([])
    expect(stage.tunnels.count).toBe(0)
  })

  it('T-W07 by Qlik is passed on as HTTP, without what is not the client’s business', async () => {
    await using stage = await openTunnelStage({
      onUpgrade: (_, socket) =>
        socket.end(
          'HTTP/1.1 403 Forbidden\r\ncontent-type: text/plain\r\nretry-after: 7\r\nset-cookie: a=1\r\nlocation: https://tenant.example\r\ncontent-length: 2\r\n\r\nno',
        ),
    })
    const [, answer] = await once(stage.connect().on('error', ignore), 'unexpected-response')
    expect(answer.statusCode).toBe(403)
    expect(answer.headers).toMatchObject({ 'content-type': 'text/plain', 'retry-after': '7' })
    expect(answer.headers).not.toHaveProperty('set-cookie')
    expect(answer.headers).not.toHaveProperty('location')
    expect(String(await answer.toArray())).toBe('no')
    expect(stage.upstream.received).toEqual(['a=1'])
    expect(stage.tunnels.count).toBe(0)
    expect(stage.lines).toEqual([])
  })

  it.each([
    [
      'another key',
      'HTTP/1.1 101 Yes\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n',
      502,
    ],
    ['no HTTP', 'hello\r\n\r\n', 502],
    ['nothing', '', 502],
    ['an endless refusal', `HTTP/1.1 400 No\r\n\r\n${'x'.repeat(200_000)}`, 400],
  ])('T-W07 when Qlik answers with %s', async (_, bytes, status) => {
    await using stage = await openTunnelStage({
      onUpgrade: (_incoming, socket) => socket.end(bytes),
    })
    const [, answer] = await once(stage.connect().on('error', ignore), 'unexpected-response')
    expect(answer.statusCode).toBe(status)
    expect(stage.tunnels.count).toBe(0)
  })

  it('is 504 when Qlik does not answer in time', async () => {
    await using silent = await openTunnelStage({ onUpgrade: ignore, limits: { answerMs: 20 } })
    const [, answer] = await once(silent.connect().on('error', ignore), 'unexpected-response')
    expect(answer.statusCode).toBe(504)
    expect(silent.errors).toMatchObject([{ code: 'ERR_GATEWAY_QLIK_TIMEOUT' }])
  })

  it('is repeated once with a new Qlik session after a 401', async () => {
    let answers = 0
    let renewals = 0
    await using stage = await openTunnelStage({
      onUpgrade(_, socket) {
        answers += 1
        socket.end('HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n')
      },
      renew: async () => {
        renewals += 1
        return {
          outcome: 'forward',
          route: { access: 'session', pattern: '/app/{appId}', rewrites: false },
          target: '/app/a1',
          headers: [['cookie', 'eas.sid=s2']],
        }
      },
    })
    const [, answer] = await once(stage.connect().on('error', ignore), 'unexpected-response')
    expect(answer.statusCode).toBe(401)
    expect([answers, renewals]).toEqual([2, 1])
    expect(stage.upgrades.map(({ headers }) => headers.cookie)).toEqual([
      'eas.sid=s1',
      'eas.sid=s2',
    ])
  })

  it('T-W10 by the limit of a person, or of all, until one closes', async () => {
    await using stage = await openTunnelStage({
      limits: { maxPerPerson: 2, max: 3 },
      sessionOf: ({ url }) => sessions[url ?? ''] ?? stage.session,
    })
    const sessions: Record<string, ReturnType<typeof openSession>> = {
      '/app/b': openSession('43'),
      '/app/c': openSession('44'),
    }
    const statusOf = async (path: string) => {
      const [, answer] = await once(
        stage.connect({ path }).on('error', ignore),
        'unexpected-response',
      )
      return answer.statusCode
    }
    const { client } = await stage.open()
    await stage.open()
    expect(await statusOf('/app/a')).toBe(429)
    await stage.open({ path: '/app/b' })
    expect(await statusOf('/app/c')).toBe(503)
    client.close()
    await expect.poll(() => stage.tunnels.count).toBe(2)
    await stage.open({ path: '/app/c' })
  })

  it('T-W04 T-W06 leaves nothing behind when the client resets the connection while it is decided', async () => {
    const waits = [0, 1, 2, 5, 10, 20]
    await using stage = await openTunnelStage({
      beforeDecision: () => new Promise((resolve) => setTimeout(resolve, 10)),
    })
    const count = Math.ceil(500 * scale)
    await Promise.all(
      Array.from({ length: count }, async (_, nth) => {
        const socket = stage.raw()
        await once(socket, 'connect')
        socket.write(upgradeRequest(stage.port, nth % 5 ? {} : { 'sec-websocket-key': 'x' }))
        await new Promise((resolve) => setTimeout(resolve, waits[nth % waits.length]))
        socket.resetAndDestroy()
      }),
    )
    await expect.poll(() => stage.tunnels.count).toBe(0)
    await expect.poll(() => stage.upstreamSockets.every(({ destroyed }) => destroyed)).toBe(true)
    const { client } = await stage.open()
    expect(client.readyState).toBe(client.OPEN)
  })
})

describe('the audit log', () => {
  it('has the line of a socket before the client has its 101', async () => {
    const { promise: mayRecord, resolve: letRecord } = Promise.withResolvers<void>()
    const lines: unknown[] = []
    await using stage = await openTunnelStage({
      audit: {
        record(event) {
          lines.push(event)
          return mayRecord
        },
      },
    })
    const client = stage.connect()
    await once(stage.engine, 'connection')
    await expect.poll(() => lines.length).toBe(1)
    expect(client.readyState).toBe(client.CONNECTING)
    letRecord()
    await once(client, 'open')
    expect(lines).toMatchObject([
      {
        event: 'socket-open',
        session: 'session of 42',
        qlikSession: 'qlik-session-1',
        hostSubject: 'host 42',
        subject: '42',
        address: '127.0.0.1',
        path: '/app/a1',
      },
    ])
  })

  it('refuses the socket when it cannot be written', async () => {
    await using stage = await openTunnelStage({
      audit: {
        record: () => Promise.reject(gatewayErrors.ERR_GATEWAY_AUDIT({ problem: 'is full' })),
      },
    })
    const [, answer] = await once(stage.connect().on('error', ignore), 'unexpected-response')
    expect(answer.statusCode).toBe(503)
    await expect.poll(() => stage.upstreamSockets.every(({ destroyed }) => destroyed)).toBe(true)
    expect(stage.tunnels.count).toBe(0)
  })
})

const ignore = () => undefined
const scale = Number(process.env.JOTGATE_TEST_SCALE ?? 1)
