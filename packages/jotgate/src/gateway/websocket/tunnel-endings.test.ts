import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import type { EndReason } from '../session/gateway-session.ts'
import { frameOf, readByWs } from './frames.fixture.ts'
import { acceptUpgrade, openSession, openTunnelStage } from './tunnel-stage.fixture.ts'

const reasons: EndReason[] = [
  'signed-out',
  'replaced',
  'host-signed-out',
  'host-silent',
  'expired',
  'revoked',
]

describe('T-W09 a session that ends', () => {
  it.each(reasons)('closes its sockets with 4006: %s', async (reason) => {
    await using stage = await openTunnelStage()
    const { client, qlik } = await stage.open()
    const closed = Promise.all([closeOf(client), closeOf(qlik)])
    stage.session.end(reason)
    expect(await closed).toEqual([
      [4006, reason],
      [1006, ''],
    ])
    await expect.poll(() => stage.tunnels.count).toBe(0)
  })

  it('is measured from the order to the last socket that closes', async () => {
    await using stage = await openTunnelStage({
      sessionOf: ({ url }) => (url === '/app/other' ? other : stage.session),
    })
    const other = openSession('43')
    const clients = [
      await stage.open(),
      await stage.open(),
      await stage.open({ path: '/app/other' }),
    ]
    stage.session.end('revoked')
    await expect.poll(() => stage.events).toHaveLength(1)
    expect(stage.events).toMatchObject([{ event: 'sockets-closed', reason: 'revoked', count: 2 }])
    expect(stage.events[0]?.ms).toBeGreaterThan(0)
    expect(clients[2]?.client.readyState).toBe(1)
    expect(stage.tunnels.count).toBe(1)
  })

  it('lets Qlik finish its frame, and takes nothing more from the client', async () => {
    await using stage = await openTunnelStage({
      onUpgrade: acceptUpgrade,
      limits: { frameMs: 60_000 },
    })
    const { client, qlik } = await stage.openRaw()
    const received = gather(client)
    const taken = gather(qlik)
    const frame = frameOf(1, 'a long answer')
    qlik.write(Buffer.concat([frameOf(1, 'before'), frame.subarray(0, 6)]))
    client.write(frameOf(1, 'first', { isMasked: true }))
    await expect.poll(() => taken.bytes().length).toBe(11)
    await expect.poll(() => received.bytes().length).toBe(8 + 6)
    stage.session.end('revoked')
    client.write(frameOf(1, 'second', { isMasked: true }))
    qlik.write(Buffer.concat([frame.subarray(6), frameOf(1, 'too late')]))
    await once(client, 'end')
    expect(await readByWs([received.bytes()], { isServer: false })).toEqual([
      messageLine('before'),
      messageLine('a long answer'),
      'conclude 4006',
    ])
    expect(taken.bytes().length).toBe(11)
  })

  it('cuts the socket when Qlik does not finish its frame', async () => {
    await using stage = await openTunnelStage({ onUpgrade: acceptUpgrade })
    const { client, qlik } = await stage.openRaw()
    const received = gather(client)
    qlik.write(frameOf(1, 'a long answer').subarray(0, 6))
    await expect.poll(() => received.bytes().length).toBe(6)
    stage.session.end('revoked')
    await once(client, 'close')
    expect(received.bytes().length).toBe(6)
    await expect.poll(() => stage.events).toHaveLength(1)
    expect(stage.events[0]?.ms).toBeGreaterThan(200)
  })

  it('closes the sockets of clients that neither read nor answer', async () => {
    await using stage = await openTunnelStage({ onUpgrade: acceptUpgrade })
    const { client, qlik } = await stage.openRaw()
    for (let sent = 0; sent < 100 && qlik.write(frameOf(2, Buffer.alloc(2 ** 18))); sent += 1);
    await expect.poll(() => qlik.writableNeedDrain).toBe(true)
    stage.session.end('revoked')
    await expect.poll(() => stage.events).toHaveLength(1)
    client.destroy()
  })

  it('refuses a socket that is being opened: 401', async () => {
    await using stage = await openTunnelStage({
      onUpgrade(_, socket) {
        socket.resume().on('end', () => socket.destroy())
        stage.session.end('signed-out')
      },
    })
    const [, answer] = await once(stage.connect().on('error', ignore), 'unexpected-response')
    expect(answer.statusCode).toBe(401)
    await expect.poll(() => stage.upstreamSockets.map(({ destroyed }) => destroyed)).toEqual([true])
    const [, next] = await once(stage.connect().on('error', ignore), 'unexpected-response')
    expect(next.statusCode).toBe(401)
    expect(stage.upgrades).toHaveLength(1)
    expect(stage.lines).toEqual([])
  })

  it('refuses a socket whose line of the audit log is being written', async () => {
    await using stage = await openTunnelStage({
      audit: { record: async () => stage.session.end('revoked') },
    })
    const [, answer] = await once(stage.connect().on('error', ignore), 'unexpected-response')
    expect(answer.statusCode).toBe(401)
    await expect.poll(() => stage.upstreamSockets.map(({ destroyed }) => destroyed)).toEqual([true])
  })
})

describe('a gateway that shuts down', () => {
  it('closes all sockets with 4003, so that @qlik/api resumes, and opens no more', async () => {
    await using stage = await openTunnelStage()
    const sockets = [await stage.open(), await stage.open()]
    const closes = Promise.all(sockets.map(({ client }) => closeOf(client)))
    await stage.tunnels.close()
    expect(stage.tunnels.count).toBe(0)
    expect(await closes).toEqual([
      [4003, 'gateway-closing'],
      [4003, 'gateway-closing'],
    ])
    const [, answer] = await once(stage.connect().on('error', ignore), 'unexpected-response')
    expect(answer.statusCode).toBe(503)
    expect(stage.events).toEqual([])
  })

  it('does not wait where nothing is open', async () => {
    await using stage = await openTunnelStage()
    await expect(stage.tunnels.close()).resolves.toBeUndefined()
  })
})

describe('a side that closes', () => {
  it.each([1000, 1001, 1011, 4001, 4003, 4006, 4230])(
    'is heard by the other one with its own code: %i',
    async (code) => {
      await using stage = await openTunnelStage()
      const first = await stage.open()
      const atClient = closeOf(first.client)
      first.qlik.close(code, 'said Qlik')
      expect(await atClient).toEqual([code, 'said Qlik'])
      const second = await stage.open()
      const atQlik = closeOf(second.qlik)
      second.client.close(code === 1001 ? 1000 : code, 'said the client')
      expect(await atQlik).toEqual([code === 1001 ? 1000 : code, 'said the client'])
      await expect.poll(() => stage.tunnels.count).toBe(0)
    },
  )

  it('is Qlik without a close frame: 4003, after which @qlik/api resumes', async () => {
    await using stage = await openTunnelStage()
    for (const leave of [
      (socket: Duplex) => socket.destroy(),
      (socket: Duplex) => (socket as import('node:net').Socket).resetAndDestroy(),
    ]) {
      const { client } = await stage.open()
      const closed = closeOf(client)
      leave(stage.upstreamSockets.at(-1) as Duplex)
      expect(await closed).toEqual([4003, 'Qlik closed the connection'])
    }
    await expect.poll(() => stage.tunnels.count).toBe(0)
  })

  it('is Qlik within a frame: the client’s socket is cut', async () => {
    await using stage = await openTunnelStage({ onUpgrade: acceptUpgrade })
    const { client, qlik } = await stage.openRaw()
    const received = gather(client)
    qlik.end(frameOf(1, 'a long answer').subarray(0, 6))
    await once(client, 'close')
    expect(received.bytes()).toEqual(frameOf(1, 'a long answer').subarray(0, 6))
  })

  it.each(['destroy', 'resetAndDestroy'] as const)(
    'is the client without a word: %s',
    async (how) => {
      await using stage = await openTunnelStage({ onUpgrade: acceptUpgrade })
      const { client, qlik } = await stage.openRaw()
      gather(qlik)
      qlik.on('end', () => qlik.end())
      client[how]()
      await once(qlik, 'close')
      await expect.poll(() => stage.tunnels.count).toBe(0)
    },
  )

  it('is cut when the other one does not close too', async () => {
    await using stage = await openTunnelStage({
      onUpgrade: acceptUpgrade,
      limits: { closingMs: 20 },
    })
    for (const which of ['client', 'qlik'] as const) {
      const sockets = await stage.openRaw()
      gather(sockets.client)
      gather(sockets.qlik)
      sockets[which].write(frameOf(8, Buffer.of(3, 232), { isMasked: which === 'client' }))
      await expect.poll(() => stage.tunnels.count).toBe(0)
    }
  })
})

const closeOf = async (socket: WebSocket) => {
  const [code, reason] = await once(socket, 'close')
  return [code, String(reason)]
}

const messageLine = (text: string) => `message ${Buffer.from(text).toString('base64')}`

function gather(socket: Duplex) {
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk)).resume()
  return { bytes: () => Buffer.concat(chunks) }
}

const ignore = () => undefined
