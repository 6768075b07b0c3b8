import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { createTransport } from '../../qlik/index.ts'
import { gatewayErrors } from '../errors.ts'
import {
  type ForwardStage,
  type RawUpstream,
  startForwardStage,
  startRawUpstream,
  upstreamOf,
} from './forward-stage.fixture.ts'

const closing: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

type StageOptions = Parameters<typeof startForwardStage>[1]

/** Qlik as a Node server. */
async function stageWith(listener: RequestListener, options?: StageOptions): Promise<ForwardStage> {
  const server = createServer(listener)
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  closing.push(
    () => server.close(),
    () => server.closeAllConnections(),
  )
  const { port } = server.address() as AddressInfo
  const stage = await startForwardStage(`http://127.0.0.1:${port}`, options)
  closing.push(() => stage.close())
  ports.set(stage, port)
  return stage
}

const ports = new WeakMap<ForwardStage, number>()

/** Qlik as bytes. */
async function rawStageWith(
  answer: (head: string, socket: Socket, connection: number) => void,
  options?: StageOptions,
): Promise<ForwardStage & { upstream: RawUpstream }> {
  const upstream = await startRawUpstream(answer)
  closing.push(() => upstream.close())
  const stage = await startForwardStage(upstream.url, options)
  closing.push(() => stage.close())
  return { ...stage, upstream }
}

const ok = (body: string, fields = '') =>
  `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n${fields}\r\n${body}`

describe('a request', () => {
  it('reaches Qlik as it was decided on, byte for byte', async () => {
    const stage = await rawStageWith((_, socket) => socket.write(ok('{}')))
    const { host } = new URL(stage.upstream.url)
    const headers = { accept: '*/*', cookie: 'own=1', 'x-forwarded-for': '1.2.3.4', te: 'trailers' }
    await stage.ask('/api/v1/items?a=%41&b=%2F..', { headers, as: 'ada' })
    const [head] = stage.upstream.received
    expect(head?.replace(/jotgate-\w+/, 'SELF')).toBe(
      [
        'GET /api/v1/items?a=%41&b=%2F.. HTTP/1.1',
        `host: ${host}`,
        'connection: keep-alive',
        'accept: */*',
        'x-as: ada',
        'via: 1.1 SELF',
        'cookie: user=ada; session=ada-1',
        '\r\n',
      ].join('\r\n'),
    )
  })

  it.each<[string, Record<string, string>]>([
    ['of a known length', { 'content-length': '5' }],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('T-H22 carries its body %s', async (_, headers) => {
    const stage = await stageWith(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk as Buffer)
      const { 'content-length': length, 'transfer-encoding': coding } = request.headers
      response.end(
        JSON.stringify([request.method, length, coding, Buffer.concat(chunks).toString()]),
      )
    })
    const { text } = await stage.ask('/', { method: 'PUT', headers, body: 'hello', as: 'ada' })
    const length = headers['content-length'] ?? null
    const coding = headers['transfer-encoding'] ?? null
    expect(JSON.parse(text)).toEqual(['PUT', length, coding, 'hello'])
  })

  it('T-H13 is asked for its body when it is decided, and Qlik is not asked whether it wants it', async () => {
    const stage = await rawStageWith((_, socket) => socket.write(ok('{}')))
    const { status } = await stage.ask('/', {
      method: 'POST',
      as: 'ada',
      headers: { expect: '100-continue', 'content-length': '5' },
      onRequest: (request) => {
        request.on('continue', () => request.end('hello')).flushHeaders()
      },
    })
    expect(status).toBe(200)
    expect(stage.upstream.received[0]).toMatch(/\r\n\r\nhello$/)
    expect(stage.upstream.received[0]).not.toMatch(/expect/i)
  })

  it('has no body where there is none', async () => {
    const stage = await rawStageWith((_, socket) => socket.write(ok('')))
    await stage.ask('/', { method: 'POST', as: 'ada', headers: { 'content-length': '0' } })
    await stage.ask('/', { method: 'DELETE', as: 'ada', headers: { 'content-length': '0' } })
    expect(
      stage.upstream.received.join('').match(/content-length: \d+|transfer-encoding/g),
    ).toEqual(['content-length: 0'])
  })

  it('is not sent twice on a connection that was closed in the middle of a write', async () => {
    const stage = await rawStageWith((head, socket) =>
      head.startsWith('GET') ? socket.write(ok('{}')) : socket.destroy(),
    )
    await stage.ask('/', { as: 'ada' })
    const { status } = await stage.ask('/', { as: 'ada', method: 'POST', body: 'x' })
    expect(status).toBe(502)
    expect(stage.upstream.received.join('').match(/POST/g)).toHaveLength(1)
  })

  it('is sent again when Qlik had closed the idle connection', async () => {
    let count = 0
    const stage = await rawStageWith((_, socket) =>
      // The second comes on the first one's connection.
      ++count === 2 ? socket.destroy() : socket.write(ok(String(count))),
    )
    await stage.ask('/', { as: 'ada' })
    expect(await stage.ask('/', { as: 'ada' })).toMatchObject({ status: 200, text: '3' })
  })
})

describe('an answer', () => {
  it('comes as it is, with its own fields and those of the gateway', async () => {
    const body = gzipSync('hello')
    const stage = await stageWith((_request, response) => {
      response.writeHead(206, {
        'content-encoding': 'gzip',
        'content-range': 'bytes 0-9/100',
        etag: '"a"',
        'access-control-allow-origin': '*',
      })
      response.end(body)
    })
    const answer = await stage.ask('/', { as: 'ada' })
    expect(answer.body.equals(body)).toBe(true)
    const { headers, status } = answer
    expect(status).toBe(206)
    expect(headers).toMatchObject({
      'content-encoding': 'gzip',
      'content-range': 'bytes 0-9/100',
      etag: '"a"',
      vary: 'Origin, cookie, authorization',
      'x-request-id': stage.front.taken[0]?.id,
    })
    expect(headers['access-control-allow-origin']).toBeUndefined()
  })

  it.each([
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ])('T-H16 has no body to %s with %i', async (method, status) => {
    const stage = await rawStageWith((_, socket) =>
      socket.write(
        `HTTP/1.1 ${status} X\r\n${status === 200 ? 'Content-Length: 5\r\n' : ''}ETag: "a"\r\n\r\n`,
      ),
    )
    for (let time = 0; time < 2; time++) {
      const { headers, ...answer } = await stage.ask('/', { method, as: 'ada' })
      expect(answer).toMatchObject({ status, text: '', isWhole: true })
      expect(headers).toMatchObject({ etag: '"a"' })
      expect(headers['content-length']).toBe(status === 200 ? '5' : undefined)
    }
  })

  it('may have a long Content-Security-Policy', async () => {
    const policy = `connect-src ${'https://origin.example '.repeat(1000)}`.trim()
    const stage = await rawStageWith((_, socket) =>
      socket.write(ok('{}', `Content-Security-Policy: ${policy}\r\n`)),
    )
    const { headers } = await stage.ask('/', { as: 'ada' })
    expect(headers['content-security-policy']).toBe(policy)
  })

  it('ends with its connection where Qlik says no length', async () => {
    const stage = await rawStageWith((_, socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nhello'))
    expect(await stage.ask('/')).toMatchObject({ text: 'hello', isWhole: true })
  })

  it('T-H15 is preceded by early hints, and by nothing else', async () => {
    const stage = await rawStageWith((_, socket) =>
      socket.write(
        `HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <${stage.upstream.url}/a.css>; rel=preload\r\nSet-Cookie: a=b\r\n\r\n${ok('{}')}`,
      ),
    )
    const { hints, text } = await stage.ask('/', { as: 'ada' })
    expect(hints).toEqual([`103 <${stage.front.site.publicUrl}/a.css>; rel=preload`])
    expect(text).toBe('{}')
  })

  it('T-H18 loses its trailers', async () => {
    const stage = await rawStageWith((_, socket) =>
      socket.write(
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Last\r\n\r\n2\r\n{}\r\n0\r\nX-Last: 1\r\nSet-Cookie: a=b\r\n\r\n',
      ),
    )
    const answer = await stage.open('/', { as: 'ada' })
    for await (const _ of answer);
    expect(answer.trailers).toEqual({})
    expect(answer.headers.trailer).toBeUndefined()
  })

  it('leaves its cookies in the jar, balancer cookies included', async () => {
    const cookies = ['_csrfToken=c; Path=/', 'AWSALB=d; Expires=Thu, 01 Jan 2032 00:00:00 GMT']
    const stage = await stageWith((_, response) =>
      response.setHeader('set-cookie', cookies).end('{}'),
    )
    const { headers } = await stage.ask('/', { as: 'ada' })
    expect(headers['set-cookie']).toBeUndefined()
    expect(stage.person('ada').jar).toEqual(cookies)
    expect((await stage.ask('/')).headers['set-cookie']).toBeUndefined()
  })

  it('begins as soon as Qlik begins it', async () => {
    let release = (_: string) => {}
    const stage = await stageWith((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
      release = (text) => response.write(text)
    })
    const answer = await stage.open('/', { as: 'ada' })
    const pieces = answer[Symbol.asyncIterator]()
    for (const text of ['data: 1\n\n', 'data: 2\n\n']) {
      release(text)
      expect(String((await pieces.next()).value)).toBe(text)
    }
    answer.destroy()
  })

  it('T-H17 leads a redirect to the gateway, and follows none', async () => {
    const stage = await rawStageWith((_, socket) =>
      socket.write(
        `HTTP/1.1 301 Moved\r\nLocation: ${stage.upstream.url}/api/v1/users/1\r\nContent-Length: 0\r\n\r\n`,
      ),
    )
    const { status, headers } = await stage.ask('/api/v1/users/me', { as: 'ada' })
    expect([status, headers.location]).toEqual([
      301,
      `${stage.front.site.publicUrl}/api/v1/users/1`,
    ])
    expect(stage.upstream.received).toHaveLength(1)
  })

  it('passes 429 on', async () => {
    const stage = await stageWith((_, response) => {
      response.writeHead(429, { 'retry-after': '13' }).end('{}')
    })
    const { status, headers } = await stage.ask('/', { as: 'ada' })
    expect([status, headers['retry-after']]).toEqual([429, '13'])
  })

  it('has addresses of the gateway in its JSON, in chunks of any size', async () => {
    const stage = await stageWith(
      async (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        for (const byte of list()) {
          response.write(byte)
          await new Promise(setImmediate)
        }
        response.end()
      },
      { rewrites: true },
    )
    const upstreamUrl = `http://127.0.0.1:${ports.get(stage)}`
    const list = () => `{"links":{"next":{"href":"${upstreamUrl}/api/v1/items?page=2"}},"name":"Ä"}`
    const { text, headers } = await stage.ask('/', { as: 'ada' })
    expect(text).toBe(list().replace(upstreamUrl, stage.front.site.publicUrl))
    expect(headers['content-length']).toBeUndefined()
  })
})

describe('a session that Qlik has ended', () => {
  const lostUntil = (id: string) =>
    stageWith(
      async (request, response) => {
        const chunks: Buffer[] = []
        for await (const chunk of request) chunks.push(chunk as Buffer)
        if (!request.headers.cookie?.includes(id)) response.writeHead(401).end('lost')
        else response.end(Buffer.concat(chunks))
      },
      {
        renew: (person, decide) => {
          person.upstream = upstreamOf(`${person.session.id}-2`, person.jar, person.upstream.node)
          return decide()
        },
      },
    )

  it.each([
    ['GET', undefined],
    ['POST', 'hello'],
    ['PUT', 'x'.repeat(65_536)],
  ])('is renewed once, and the %s sent again', async (method, body) => {
    const stage = await lostUntil('ada-2')
    const { status, text } = await stage.ask('/', { as: 'ada', method, ...(body && { body }) })
    expect([status, text]).toEqual([200, body ?? ''])
  })

  it('is renewed, and a large request refused with Retry-After', async () => {
    const stage = await lostUntil('ada-2')
    const body = 'x'.repeat(65_537)
    const first = await stage.ask('/', { as: 'ada', method: 'POST', body })
    expect([first.status, first.headers['retry-after']]).toEqual([503, '1'])
    expect(await stage.ask('/', { as: 'ada', method: 'POST', body })).toMatchObject({ status: 200 })
  })

  it('is a failure when Qlik does not accept the next one either', async () => {
    const stage = await lostUntil('ada-3')
    const { status, text } = await stage.ask('/', { as: 'ada' })
    expect([status, JSON.parse(text).code]).toEqual([502, 'ERR_GATEWAY_QLIK_REFUSED'])
  })

  it('leaves the answer to the caller when the renewal is refused', async () => {
    const error = gatewayErrors.ERR_GATEWAY_RATE({ retryAfterSeconds: 7 })
    const stage = await stageWith((_, response) => response.writeHead(401).end(), {
      renew: () => ({ outcome: 'deny', error }),
    })
    const { status, headers } = await stage.ask('/', { as: 'ada' })
    expect([status, headers['retry-after'], headers.vary]).toEqual([429, '7', 'Origin'])
  })

  it('does not concern static files', async () => {
    const stage = await stageWith((_, response) =>
      response.writeHead(401, { 'www-authenticate': 'Basic' }).end('no'),
    )
    const { status, headers, text } = await stage.ask('/resources/a.js')
    expect([status, headers['www-authenticate'], text]).toEqual([401, undefined, 'no'])
  })
})

describe('a CSRF token that is no longer valid', () => {
  const renewed: NonNullable<StageOptions>['renewCsrfToken'] = async (person, decide) => {
    person.upstream = upstreamOf('csrf-2', person.jar, person.upstream.node)
    return decide()
  }
  const refuses = (extra = '') =>
    rawStageOf((head, socket) =>
      head.includes('csrf-2')
        ? socket.write(ok('done'))
        : socket.write(
            `HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nSet-Cookie: a=b\r\n${extra}\r\nno`,
            () => extra !== '' && socket.end(),
          ),
    )
  const rawStageOf = (answer: Parameters<typeof rawStageWith>[0]) => (options: StageOptions) =>
    rawStageWith(answer, options)

  it('is replaced by the one that Qlik names, and the request sent again', async () => {
    const stage = await refuses()({ renewCsrfToken: renewed })
    const answer = await stage.ask('/', { as: 'ada', method: 'POST', body: 'hello' })
    expect(answer).toMatchObject({ status: 200, text: 'done' })
    expect(stage.upstream.received.join('').match(/hello/g)).toHaveLength(2)
  })

  it.each([
    ['stays open', ''],
    ['is closed meanwhile', 'Connection: close\r\n'],
  ])('leaves a refusal for another reason as it is, when its connection %s', async (_, extra) => {
    let asked = 0
    const stage = await refuses(extra)({
      renewCsrfToken: async () => {
        asked++
        await expect.poll(() => stage.upstream.sockets[0]?.writableFinished).toBe(extra !== '')
        return undefined
      },
    })
    const answer = await stage.ask('/', { as: 'ada', method: 'DELETE' })
    expect(answer).toMatchObject({ status: 403, text: 'no', isWhole: true })
    expect(stage.person('ada').jar).toEqual(['a=b'])
    expect((await stage.ask('/', { as: 'ada' })).status).toBe(403)
    expect(asked).toBe(1)
  })

  it('never turns a refusal whose connection is reset into another answer', async () => {
    const refusal = 'HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno'
    const stage = await rawStageWith((_, socket) => socket.write(refusal), {
      renewCsrfToken: async () => {
        stage.upstream.sockets[0]?.resetAndDestroy()
        await new Promise((later) => setTimeout(later, 20))
        return undefined
      },
    })
    const { status } = await stage.ask('/', { as: 'ada', method: 'DELETE' })
    expect([403, 502]).toContain(status)
  })
})

describe('a Qlik that fails', () => {
  const codeOf = (text: string) => (JSON.parse(text) as { code: string }).code

  it.each([
    ['closes the connection', (socket: Socket) => socket.end(), 'ERR_GATEWAY_QLIK_UNREACHABLE'],
    ['resets it', (socket: Socket) => socket.resetAndDestroy(), 'ERR_GATEWAY_QLIK_UNREACHABLE'],
    ['speaks no HTTP', (socket: Socket) => socket.write('SSH-2.0\r\n'), 'ERR_GATEWAY_QLIK_ANSWER'],
    [
      'sends a head without end',
      (socket: Socket) => socket.write(`HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(100_000)}`),
      'ERR_GATEWAY_QLIK_ANSWER',
    ],
  ])('G-F4 is a 502 when it %s', async (_, act, code) => {
    const stage = await rawStageWith((_, socket) => act(socket))
    const { status, text, headers } = await stage.ask('/', { as: 'ada' })
    expect([status, codeOf(text)]).toEqual([502, code])
    expect(headers).toMatchObject({ vary: 'Origin', 'content-type': 'application/problem+json' })
    expect(stage.forwarder.connections).toBe(0)
  })

  it('is a 502 when nobody listens', async () => {
    const upstream = await startRawUpstream(() => {})
    await upstream.close()
    const stage = await startForwardStage(upstream.url)
    closing.push(() => stage.close())
    const { status, text } = await stage.ask('/')
    expect([status, codeOf(text)]).toEqual([502, 'ERR_GATEWAY_QLIK_UNREACHABLE'])
    expect(String(stage.errors[0])).toContain('ECONNREFUSED')
  })

  it('is a 504 when it is silent', async () => {
    const stage = await rawStageWith(() => {}, { timeouts: { headersMs: 50 } })
    const { status, text } = await stage.ask('/', { as: 'ada' })
    expect([status, codeOf(text)]).toEqual([504, 'ERR_GATEWAY_QLIK_TIMEOUT'])
  })

  it.each([
    ['Content-Length: 10\r\n\r\nhello', (socket: Socket) => socket.end()],
    ['Content-Length: 10\r\n\r\nhello', (socket: Socket) => socket.resetAndDestroy()],
    ['Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n', (socket: Socket) => socket.end()],
    ['Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nXX\r\n', () => {}],
    ['Content-Length: 10\r\n\r\nhello', () => {}],
  ])('G-F4 never ends a broken answer as if it were whole: %s', async (text, act) => {
    const stage = await rawStageWith(
      (_, socket) => socket.write(`HTTP/1.1 200 OK\r\n${text}`, () => act(socket)),
      { timeouts: { idleMs: 100 } },
    )
    const answer = await stage.ask('/', { as: 'ada' })
    expect(answer).toMatchObject({ status: 200, text: 'hello', isWhole: false })
    expect(stage.forwarder.connections).toBe(0)
  })
})

describe('endings', () => {
  it('a client that goes away ends the request at Qlik', async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    const stage = await stageWith((request, response) => {
      response.writeHead(200).write('x')
      request.on('close', resolve)
    })
    const answer = await stage.open('/', { as: 'ada' })
    answer.destroy()
    await closed
    await expect.poll(() => stage.forwarder.connections).toBe(0)
    expect(stage.errors).toEqual([])
  })

  it('a session that ends, ends what is under way for it, and nothing else', async () => {
    const stage = await stageWith((request, response) => {
      if (request.url === '/waits') return
      response.writeHead(200).write('x')
    })
    const ada = await stage.open('/', { as: 'ada' })
    const bob = await stage.open('/', { as: 'bob' })
    const waits = stage.ask('/waits', { as: 'ada' })
    await expect.poll(() => stage.front.taken.length).toBe(3)
    stage.person('ada').ending.abort('signed-out')
    await expect(
      (async () => {
        for await (const _ of ada);
      })(),
    ).rejects.toThrow()
    expect((await waits).status).toBe(401)
    expect(bob.destroyed).toBe(false)
    expect((await stage.ask('/', { as: 'ada' })).status).toBe(401)
    bob.destroy()
  })

  it('closing ends everything', async () => {
    const stage = await stageWith((request, response) => {
      if (request.url === '/begun') response.writeHead(200).write('x')
    })
    const begun = await stage.open('/begun', { as: 'ada' })
    const waits = stage.ask('/', { as: 'ada' })
    await expect.poll(() => stage.front.taken.length).toBe(2)
    await stage.forwarder.close()
    await expect(begun.toArray()).rejects.toThrow()
    expect((await waits).status).toBe(503)
  })
})

describe('connections', () => {
  it('go through a proxy server, each on its own', async () => {
    const seen: { url: string; port: number; headers: object }[] = []
    const proxy = createServer((request, response) => {
      const { url = '', headers, socket } = request
      seen.push({ url, headers, port: socket.remotePort ?? 0 })
      response.end('{}')
    })
    await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening))
    closing.push(
      () => proxy.close(),
      () => proxy.closeAllConnections(),
    )
    const { port } = proxy.address() as AddressInfo
    const transport = await createTransport({
      environment: { HTTP_PROXY: `http://127.0.0.1:${port}` },
    })
    closing.push(() => transport.close())
    const stage = await startForwardStage('http://tenant.cloud.localhost:4848', { transport })
    closing.push(() => stage.close())
    for (const as of ['ada', 'ada', 'bob']) await stage.ask('/api/v1/items?a=b', { as })
    expect(seen.map(({ url }) => url)).toEqual(
      Array(3).fill('http://tenant.cloud.localhost:4848/api/v1/items?a=b'),
    )
    const [first, second, third] = seen
    expect(first?.headers).toMatchObject({
      host: 'tenant.cloud.localhost:4848',
      cookie: 'user=ada; session=ada-1',
    })
    expect(second?.port).toBe(first?.port)
    expect(third?.port).not.toBe(first?.port)
  })

  it('are six at most for one session, and each session has its own', async () => {
    const waiting: (() => void)[] = []
    const stage = await rawStageWith((_, socket) => waiting.push(() => socket.write(ok('{}'))))
    const asked = Array.from({ length: 10 }, () => stage.ask('/', { as: 'ada' }))
    await expect.poll(() => waiting.length).toBe(6)
    expect(stage.upstream.sockets).toHaveLength(6)
    const bob = stage.ask('/', { as: 'bob' })
    const nobody = stage.ask('/')
    await expect.poll(() => waiting.length).toBe(8)
    for (let done = 0; done < 12; done++) {
      await expect.poll(() => waiting.length).toBeGreaterThan(0)
      waiting.shift()?.()
    }
    for (const { status } of await Promise.all([...asked, bob, nobody])) expect(status).toBe(200)
    for (const text of stage.upstream.received)
      expect(new Set(text.match(/user=\w+/g)).size).toBeLessThanOrEqual(1)
    expect(stage.upstream.sockets).toHaveLength(8)
  })

  it('are a 503 with Retry-After when none becomes free', async () => {
    const stage = await rawStageWith(() => {}, { limits: { perSession: 1, waitMs: 20 } })
    const first = stage.ask('/', { as: 'ada' })
    await expect.poll(() => stage.upstream.received.length).toBe(1)
    const { status, headers } = await stage.ask('/', { as: 'ada' })
    expect([status, headers['retry-after']]).toEqual([503, '1'])
    await stage.forwarder.close()
    await first
  })

  it('close when they are idle', async () => {
    const stage = await rawStageWith((_, socket) => socket.write(ok('{}')), {
      limits: { idleMs: 20 },
    })
    await stage.ask('/', { as: 'ada' })
    await expect.poll(() => stage.upstream.sockets[0]?.destroyed).toBe(true)
    expect(stage.forwarder.connections).toBe(0)
  })

  it('close with the session', async () => {
    const stage = await rawStageWith((_, socket) => socket.write(ok('{}')))
    await stage.ask('/', { as: 'ada' })
    await stage.ask('/', { as: 'bob' })
    stage.person('ada').ending.abort('signed-out')
    await expect.poll(() => stage.upstream.sockets[0]?.destroyed).toBe(true)
    expect(stage.upstream.sockets[1]?.destroyed).toBe(false)
  })
})
