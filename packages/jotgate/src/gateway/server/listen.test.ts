import { once } from 'node:events'
import { Agent, request as ask } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { askForBody } from './ask-for-body.ts'
import { type Front, frontHost, startFront } from './front.fixture.ts'
import { listen } from './listen.ts'
import { sendRaw } from './raw-client.fixture.ts'
import { slowLimits } from './slow-clients.ts'

const get = `GET / HTTP/1.1\r\nHost: ${frontHost}\r\n`
const closing = 'Connection: close\r\n\r\n'

const fronts: Front[] = []
async function start(options?: Parameters<typeof startFront>[0]): Promise<Front> {
  const front = await startFront(options)
  fronts.push(front)
  return front
}
afterEach(async () => {
  await Promise.all(fronts.splice(0).map((front) => front.close()))
})

/** A promise that a test settles itself. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

async function openSocket(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  await once(socket, 'connect')
  return socket
}

describe('a gateway that listens', () => {
  it('answers', async () => {
    const { port } = await start()
    const answer = await sendRaw(port, `${get}${closing}`)
    expect(answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*taken/)
  })

  it('T-H01 answers what is not for it, or is not HTTP, as a problem', async () => {
    const front = await start()
    for (const [bytes, status] of [
      ['GET / HTTP/1.1\r\n\r\n', 400],
      ['GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n', 421],
      ['nonsense\r\n\r\n', 400],
      [`${get}X-A : 1\r\n\r\n`, 400],
      [`${get}X-A: ${'a'.repeat(16_384)}\r\n\r\n`, 431],
    ] as const) {
      const answer = await sendRaw(front.port, bytes, { until: /\}$/ })
      expect(answer, bytes.slice(0, 60)).toContain(`HTTP/1.1 ${status} `)
      expect(answer).toMatch(/content-type: application\/problem\+json[\s\S]*"code":"ERR_GATEWAY_/)
    }
    expect(front.taken).toEqual([])
    expect(front.counts.malformedRequests).toBe(3)
  })

  it('G-R7 refuses floods of headers at once', async () => {
    const { port, taken } = await start()
    const cookies = Array.from({ length: 10_000 }, (_, i) => `Cookie: a${i}=1\r\n`).join('')
    for (const [name, head] of [
      ['101 fields', 'X-A: 1\r\n'.repeat(100)],
      ['2,100 fields', 'X-A: 1\r\n'.repeat(2_100)],
      ['16 KiB and one byte', `X-A: ${'a'.repeat(16_385)}\r\n`],
      ['1 MB cookie', `Cookie: ${'a'.repeat(1_000_000)}\r\n`],
      ['10,000 cookies', cookies],
    ] as const) {
      const answer = await sendRaw(port, `${get}${head}${closing}`)
      expect(answer === '' || answer.startsWith('HTTP/1.1 431 '), name).toBe(true)
    }
    expect(taken).toEqual([])
  })

  it('T-H13 asks for the body of a request after the decision, and of no other', async () => {
    const { port } = await start({
      core: {
        async handle(request, response) {
          if (request.path === '/no') {
            response.writeHead(403).end()
            return
          }
          askForBody(request, response)
          let body = ''
          for await (const chunk of request.incoming) body += chunk
          response.end(`got ${body}`)
        },
      },
    })
    const head = (path: string, expect = '100-continue') =>
      `POST ${path} HTTP/1.1\r\nHost: ${frontHost}\r\nContent-Length: 2\r\nExpect: ${expect}\r\n${closing}`
    const refused = await sendRaw(port, head('/no'))
    expect(refused).toMatch(/^HTTP\/1\.1 403 /)
    const socket = await openSocket(port)
    socket.write(head('/yes'))
    const [first] = await once(socket, 'data')
    expect(String(first)).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    socket.write('ok')
    const [second] = await once(socket, 'data')
    expect(String(second)).toMatch(/^HTTP\/1\.1 200 [\s\S]*/)
    socket.destroy()
    expect(await sendRaw(port, head('/yes', 'something'))).toMatch(/^HTTP\/1\.1 417 /)
  })

  it('G-F13 limits connections, in all and by address', async () => {
    const front = await start({ limits: { maxConnectionsPerAddress: 5 } })
    const sockets = await Promise.all(Array.from({ length: 5 }, () => openSocket(front.port)))
    const more = await openSocket(front.port)
    await once(more, 'close')
    expect(front.counts).toMatchObject({ connections: 5, refusedConnections: 1 })
    sockets[0]?.destroy()
    await expect.poll(() => front.counts.connections).toBe(4)
    expect(await sendRaw(front.port, `${get}${closing}`)).toContain('taken')
    for (const socket of sockets) socket.destroy()
    const trusting = await start({
      limits: { maxConnectionsPerAddress: 1, maxConnections: 3 },
      isTrustedPeer: (address) => address === '127.0.0.1',
    })
    const three = await Promise.all(Array.from({ length: 3 }, () => openSocket(trusting.port)))
    await expect.poll(() => trusting.counts.connections).toBe(3)
    const fourth = await openSocket(trusting.port)
    await once(fourth, 'close')
    expect(trusting.counts).toMatchObject({ connections: 3, refusedConnections: 1 })
    for (const socket of three) socket.destroy()
  })

  it('limits the requests that one connection sends ahead, and stops all that it sent', async () => {
    let stopped = 0
    const front = await start({
      limits: { maxPipelined: 3 },
      core: {
        async handle(_request, response) {
          await once(response, 'close')
          stopped += 1
        },
      },
    })
    const socket = await openSocket(front.port)
    socket.resume()
    const closed = once(socket, 'close')
    socket.write(`${get}\r\n`.repeat(4))
    await closed
    expect(front.taken).toHaveLength(3)
    await expect.poll(() => stopped).toBe(3)
  })

  it('G-F12 cuts heads and bodies that come too slowly, and nobody else', async () => {
    const front = await start({
      limits: {
        headersTimeoutMs: 500,
        slow: { ...slowLimits, bodyWindowMs: 500 },
      },
    })
    const slow: Promise<string>[] = []
    const post = `POST / HTTP/1.1\r\nHost: ${frontHost}\r\nContent-Length: 9999\r\n\r\n`
    for (let i = 0; i < 100; i += 1) {
      slow.push(sendRaw(front.port, ['', 'GET / HT', `${get}X-A: `, post][i % 4] ?? ''))
    }
    for (let i = 0; i < 20; i += 1)
      expect(await sendRaw(front.port, `${get}${closing}`)).toContain('taken')
    const answers = await Promise.all(slow)
    expect(answers.every((answer) => answer === '' || answer.startsWith('HTTP/1.1 408 '))).toBe(
      true,
    )
    expect(front.counts.slowClients).toBe(25)
  })

  it('G-F12 cuts clients that take no answer', async () => {
    const front = await start({
      limits: { slow: { ...slowLimits, answerWindowMs: 500 } },
      core: {
        async handle(_request, response) {
          const chunk = Buffer.alloc(65_536)
          const closed = once(response, 'close')
          while (!response.destroyed) {
            if (!response.write(chunk)) await Promise.race([once(response, 'drain'), closed])
          }
        },
      },
    })
    const socket = await openSocket(front.port)
    socket.resume()
    const closed = once(socket, 'close')
    socket.pause().write(`${get}${closing}`)
    await expect.poll(() => front.counts.connections).toBe(1)
    await expect.poll(() => front.counts.connections).toBe(0)
    socket.resume()
    await closed
  })

  it('lets an exchange last whose client is not slow', async () => {
    const { opened, open } = gate()
    const front = await start({
      limits: { slow: { bodyWindowMs: 200, minBytes: 2_400, answerWindowMs: 200 } },
      core: {
        async handle(_request, response) {
          response.write('first')
          await opened
          response.end('last')
        },
      },
    })
    // A large body that nobody takes is not the client's fault.
    const body = 'x'.repeat(200_000)
    const waiting = sendRaw(
      front.port,
      `POST / HTTP/1.1\r\nHost: ${frontHost}\r\nContent-Length: ${body.length}\r\n${closing}${body}`,
      { until: /last/ },
    )
    const other = await start({ limits: { headersTimeoutMs: 300 } })
    // Two sweeps have passed when this one is cut.
    await sendRaw(other.port, 'GET')
    await sendRaw(other.port, 'GET')
    open()
    expect(await waiting).toMatch(/first[\s\S]*last/)
  })

  it('T-W04 survives clients that reset the connection while an upgrade waits', async () => {
    const { opened, open } = gate()
    let waiting = 0
    const front = await start({
      core: {
        async upgrade(_request, socket) {
          waiting += 1
          await opened
          socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n')
        },
      },
    })
    const head = `${get}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`
    const sockets = await Promise.all(Array.from({ length: 50 }, () => openSocket(front.port)))
    for (const socket of sockets) socket.write(head)
    await expect.poll(() => waiting).toBe(50)
    for (const socket of sockets) socket.resetAndDestroy()
    await expect.poll(() => front.counts.connections).toBe(0)
    open()
    expect(await sendRaw(front.port, `${get}${closing}`)).toContain('taken')
  })

  it('says why it cannot listen', async () => {
    const { port } = await start()
    const handlers = { handler() {}, upgrade() {} }
    await expect(listen({ handlers, port })).rejects.toMatchObject({
      code: 'ERR_GATEWAY_LISTEN',
      message: `Cannot listen at 127.0.0.1, port ${port}: another process listens there`,
    })
    await expect(listen({ handlers, port: 0, host: '203.0.113.1' })).rejects.toThrow(
      /does not have that address/,
    )
  })
})

describe('closing', () => {
  it('G-F15 lets answers finish, closes tunnels, and takes nothing new', async () => {
    const { opened, open } = gate()
    let tunnel: Duplex | undefined
    const front = await startFront({
      onClosing: async () => {
        tunnel?.end('closing')
      },
      core: {
        async handle(request, response) {
          if (request.path === '/slow') await opened
          response.end(`done ${request.path}`)
        },
        async upgrade(_request, socket) {
          tunnel = socket
          socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n')
        },
      },
    })
    const { port } = front
    const agent = new Agent({ keepAlive: true })
    const idle = ask({ port, path: '/', agent, headers: { host: frontHost } }).end()
    const [answered] = await once(idle, 'response')
    answered.resume()
    await once(answered, 'end')
    const slow = sendRaw(port, `GET /slow HTTP/1.1\r\nHost: ${frontHost}\r\n\r\n`)
    const upgraded = sendRaw(port, `${get}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)
    const half = sendRaw(port, 'GET /half')
    await expect.poll(() => tunnel !== undefined && front.taken.length === 3).toBe(true)
    const closed = front.close()
    expect(front.close()).toBe(closed)
    expect(await upgraded).toMatch(/101 [\s\S]*closing$/)
    await expect(openSocket(port)).rejects.toThrow(/ECONNREFUSED/)
    open()
    expect(await slow).toContain('done /slow')
    expect(await half).toBe('')
    await closed
    expect(front.counts.connections).toBe(0)
    agent.destroy()
  })

  it('G-F15 cuts answers and tunnels that do not end in time', async () => {
    const front = await startFront({
      limits: { drainMs: 50, closeMs: 100 },
      onClosing: () => new Promise(() => {}),
      core: {
        handle: () => new Promise(() => {}),
        async upgrade(_request, socket) {
          socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n')
          await new Promise(() => {})
        },
      },
    })
    const { port } = front
    const never = sendRaw(port, `${get}\r\n`)
    const tunnel = sendRaw(port, `${get}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)
    await expect.poll(() => front.taken.length).toBe(2)
    await front.close()
    expect(await never).toBe('')
    expect(await tunnel).toContain('101')
  })
})
