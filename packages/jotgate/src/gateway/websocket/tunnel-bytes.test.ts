import { once } from 'node:events'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { chunkSizes, cut, frameOf, frames, readByWs } from './frames.fixture.ts'
import { joinSockets } from './tunnel.ts'
import { acceptUpgrade, openTunnelStage } from './tunnel-stage.fixture.ts'

const scale = Number(process.env.JOTGATE_TEST_SCALE ?? 1)

describe('T-W08 bytes through a tunnel', () => {
  it('are the same on both sides but for the gateway’s pings, wherever chunks are cut', async () => {
    await using stage = await openTunnelStage({ onUpgrade: acceptUpgrade, limits: { pingMs: 1 } })
    let pings = 0
    await fc.assert(
      fc.asyncProperty(
        frames(true),
        chunkSizes,
        frames(false),
        chunkSizes,
        async (fromClient, clientSizes, fromQlik, qlikSizes) => {
          const { client, qlik } = await stage.openRaw()
          const [atClient, atQlik] = [gather(client), gather(qlik)]
          await Promise.all([
            writeInPieces(client, cut(Buffer.concat(fromClient), clientSizes)),
            writeInPieces(qlik, cut(Buffer.concat(fromQlik), qlikSizes)),
          ])
          qlik.end(frameOf(8, Buffer.of(3, 232)))
          client.end()
          await once(client, 'close')
          expect(atQlik.bytes().equals(Buffer.concat(fromClient))).toBe(true)
          const sent = await readByWs(fromQlik, { isServer: false })
          const got = await readByWs(atClient.chunks, { isServer: false })
          const own = got.filter((line) => /^ping .{11}=$/.test(line) && !sent.includes(line))
          pings += own.length
          expect(got.filter((line) => !own.includes(line))).toEqual([...sent, 'conclude 1000'])
        },
      ),
      { numRuns: Math.ceil(40 * Math.max(1, scale)) },
    )
    expect(pings).toBeGreaterThan(0)
  })

  it('wait for a reader that is slow, in less than 1 MB of the gateway’s memory', async () => {
    await using stage = await openTunnelStage({ onUpgrade: acceptUpgrade })
    const { client, qlik } = await stage.openRaw()
    const [held] = stage.gatewaySockets
    const total = 64 * 2 ** 20
    let most = 0
    let read = 0
    client.on('data', (chunk: Buffer) => {
      read += chunk.length
      most = Math.max(most, held?.writableLength ?? 0)
      client.pause()
      setImmediate(() => client.resume())
    })
    const frame = frameOf(2, Buffer.alloc(2 ** 20))
    const written = writeInPieces(
      qlik,
      Array.from({ length: total / 2 ** 20 }, () => frame),
    )
    client.resume()
    await written
    await expect.poll(() => read).toBe(frame.length * 64)
    expect(most).toBeGreaterThan(0)
    expect(most).toBeLessThan(500_000)
  })

  it('come back byte for byte, 64 MB of them, 1.3 GB in the long run', async () => {
    await using stage = (await openTunnelStage({ limits: { pingMs: 5 } })).echo()
    const { client } = await stage.open()
    const message = Buffer.alloc(2 ** 20, 'a1')
    let same = 0
    client.on('message', (data: Buffer) => {
      if (data.equals(message)) same += 1
    })
    const count = Math.ceil(64 * scale)
    for (let sent = 0; sent < count; sent += 1)
      await new Promise<void>((resolve) => client.send(message, () => resolve()))
    await expect.poll(() => same).toBe(count)
  })
})

describe('T-W11 a client', () => {
  it('stays while it answers the pings, which Qlik does not see', async () => {
    await using stage = await openTunnelStage({ limits: { pingMs: 5, silenceMs: 500 } })
    const { client, qlik } = await stage.open()
    const pongs: string[] = []
    qlik.on('pong', (data) => pongs.push(String(data)))
    for (let heard = 0; heard < 150; heard += 1) await once(client, 'ping')
    qlik.ping('of Qlik')
    await once(qlik, 'pong')
    expect(pongs).toEqual(['of Qlik'])
    expect(stage.tunnels.count).toBe(1)
  })

  it('is cut when it is silent', async () => {
    await using stage = await openTunnelStage({
      onUpgrade: acceptUpgrade,
      limits: { pingMs: 5, silenceMs: 10 },
    })
    const { client } = await stage.openRaw()
    const received = gather(client)
    await once(client, 'close')
    // Two pings without an answer.
    expect(received.bytes().length).toBe(20)
    await expect.poll(() => stage.tunnels.count).toBe(0)
  })

  it('gets no ping within a frame of Qlik, and is not cut for that', async () => {
    const frame = frameOf(1, 'a long answer')
    await using stage = await openTunnelStage({
      limits: { pingMs: 5, silenceMs: 10 },
      onUpgrade(incoming, socket) {
        socket.cork()
        acceptUpgrade(incoming, socket)
        // In one piece with the 101, so that no ping comes before.
        if (stage.upgrades.length === 1) socket.write(frame.subarray(0, 6))
        socket.uncork()
      },
    })
    const { client, qlik } = await stage.openRaw()
    const received = gather(client)
    // Others, whose Qlik says nothing, are cut meanwhile.
    for (let cuts = 0; cuts < 3; cuts += 1)
      await once((await stage.openRaw()).client.resume(), 'close')
    expect(received.bytes().equals(frame.subarray(0, 6))).toBe(true)
    qlik.write(Buffer.concat([frame.subarray(6), frame.subarray(0, 4)]))
    await expect.poll(() => received.bytes().length).toBe(frame.length + 10 + 4)
    expect(received.bytes()[frame.length]).toBe(0x89)
    client.destroy()
  })

  it('that reads slowly is not cut, and one that stops reading is', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    onTestFinished(() => void vi.useRealTimers())
    const taking: (() => void)[] = []
    const client = new Duplex({
      read: ignore,
      write: (_chunk, _, taken) => void taking.push(taken),
    })
    const upstream = new Duplex({ read: ignore, write: (_chunk, _, taken) => taken() })
    joinSockets({
      client,
      upstream,
      limits: { pingMs: 30_000, silenceMs: 60_000, closingMs: 1, goodbyeMs: 1 },
      pingPayload: Buffer.from('12345678'),
      onUse: ignore,
      onClosed: ignore,
    })
    const frame = frameOf(2, Buffer.alloc(1000))
    for (let nth = 0; nth < 12; nth += 1) upstream.push(frame)
    await expect.poll(() => client.writableLength).toBe(12 * frame.length)
    for (let minutes = 0; minutes < 4; minutes += 0.5) {
      taking.shift()?.()
      await new Promise((resolve) => setImmediate(resolve))
      vi.advanceTimersByTime(30_000)
      expect(client.destroyed).toBe(false)
    }
    vi.advanceTimersByTime(60_000)
    expect(client.destroyed).toBe(true)
  })
})

describe('a client’s pings', () => {
  it('are answered here where Qlik’s web sockets take none, also within a frame of Qlik’s', async () => {
    await using stage = await openTunnelStage({ isClientManaged: true })
    const { client, qlik } = await stage.open()
    const heard: string[] = []
    qlik.on('ping', (data) => heard.push(String(data)))
    client.ping('one')
    expect(String((await once(client, 'pong'))[0])).toBe('one')
    expect(stage.used).toEqual([])
    const [socket] = stage.upstreamSockets
    const frame = frameOf(1, 'x'.repeat(200))
    const gatewaySocket = stage.gatewaySockets[0] as Socket
    const written = gatewaySocket.bytesWritten
    socket?.write(frame.subarray(0, 100))
    await expect.poll(() => gatewaySocket.bytesWritten).toBeGreaterThan(written + 99)
    client.ping('two')
    client.send('after the ping')
    expect(String((await once(qlik, 'message'))[0])).toBe('after the ping')
    const [message, pong] = [once(client, 'message'), once(client, 'pong')]
    socket?.write(frame.subarray(100))
    expect(String((await message)[0])).toBe('x'.repeat(200))
    expect(String((await pong)[0])).toBe('two')
    expect(heard).toEqual([])
  })

  it('go through where it does', async () => {
    await using stage = await openTunnelStage()
    const { client, qlik } = await stage.open()
    client.ping('through')
    expect(String((await once(qlik, 'ping'))[0])).toBe('through')
    expect(String((await once(client, 'pong'))[0])).toBe('through')
  })
})

it('notifications of Qlik’s are rewritten before the client has them', async () => {
  await using stage = await openTunnelStage({
    rewriteNotification: ({ params }) => ({ ...params, logoutUri: 'here' }),
  })
  stage.engine.on('connection', (qlik) => {
    qlik.send(JSON.stringify({ method: 'OnAuthenticationInformation', params: { userId: 'ada' } }))
    qlik.send('and the rest')
  })
  const client = stage.connect()
  const texts: string[] = []
  client.on('message', (data) => texts.push(String(data)))
  await expect.poll(() => texts.length).toBe(2)
  expect(texts).toEqual([
    '{"method":"OnAuthenticationInformation","params":{"userId":"ada","logoutUri":"here"}}',
    'and the rest',
  ])
})

describe('use of the session', () => {
  it('is told for messages, once a second at most, and not for answers to pings', async () => {
    await using stage = await openTunnelStage({ limits: { pingMs: 5 } })
    const { client, qlik } = await stage.open()
    for (let heard = 0; heard < 3; heard += 1) await once(client, 'ping')
    qlik.ping('of Qlik')
    await once(qlik, 'pong')
    expect(stage.used).toEqual([])
    const texts: string[] = []
    qlik.on('message', (data: Buffer) => texts.push(String(data)))
    for (let nth = 0; nth < 100; nth += 1) client.send('a')
    client.send('last')
    await expect.poll(() => texts.at(-1)).toBe('last')
    expect(stage.used.length).toBeGreaterThan(0)
    expect(stage.used.length).toBeLessThan(10)
    expect(stage.used[0]).toBe(stage.session)
  })
})

async function writeInPieces(socket: Duplex, chunks: readonly Buffer[]): Promise<void> {
  for (const chunk of chunks) {
    if (!socket.write(chunk)) await once(socket, 'drain')
    else await new Promise((resolve) => setImmediate(resolve))
  }
}

function gather(socket: Duplex | Socket) {
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk)).resume()
  return { chunks, bytes: () => Buffer.concat(chunks) }
}

const ignore = () => undefined
