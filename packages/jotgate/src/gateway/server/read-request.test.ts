// Requests come as bytes over a socket through Node's own parser: what it lets through is what matters.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { GatewayRequest } from '../request.ts'
import { readSite } from '../site.ts'
import { createSites } from '../sites/sites.ts'
import { sendProblem, sendProblemOnSocket } from './problem.ts'
import { sendRaw } from './raw-client.fixture.ts'
import { assertOneCredential, createRequestId, readRequest } from './read-request.ts'

const sites = createSites([readSite('http://qlik.acme.localhost', [])])
const host = 'Host: qlik.acme.localhost\r\n'

let server: Server
let port: number
let last: GatewayRequest | undefined

beforeAll(async () => {
  const answer = (incoming: IncomingMessage, response: ServerResponse) => {
    const id = createRequestId()
    try {
      last = readRequest(incoming, { sites, kind: 'http', id })
      response.setHeader('connection', 'close').end('taken')
    } catch (error) {
      response.setHeader('connection', 'close')
      sendProblem(response, error, id)
    }
  }
  server = createServer({ maxHeaderSize: 65_536 }, answer)
  server.maxHeadersCount = 0
  server.on('checkExpectation', answer)
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex) => {
    const id = createRequestId()
    try {
      last = readRequest(incoming, { sites, kind: 'upgrade', id })
      socket.end('HTTP/1.1 101 taken\r\n\r\n')
    } catch (error) {
      sendProblemOnSocket(socket, error, id)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})

afterAll(() => {
  server.close()
  server.closeAllConnections()
})

async function ask(head: string, body = '') {
  last = undefined
  const answer = await sendRaw(port, `${head}\r\n${body}`)
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1])
  const [, json] = answer.split('\r\n\r\n')
  const problem = json?.startsWith('{') ? (JSON.parse(json) as Record<string, unknown>) : {}
  return { status, answer, problem }
}

/** Of a request that no parser of Node gives. */
interface Parts {
  kind?: 'http' | 'upgrade'
  method?: string
  httpVersion?: string
  rawHeaders?: readonly string[]
}

describe('a request', () => {
  it('has one form: what came', async () => {
    const { answer } = await ask(
      `POST /api/v1/items?x=%2F HTTP/1.1\r\n${host}Content-Length: 2\r\nX-A: 1\r\nx-a: 2\r\nCookie: a=1\r\nCookie: b=2\r\n`,
      '{}',
    )
    expect(answer).toContain('taken')
    expect(last).toMatchObject({
      id: expect.stringMatching(/^[\da-f]{32}$/),
      method: 'POST',
      path: '/api/v1/items',
      query: '?x=%2F',
      address: '127.0.0.1',
      fields: [
        ['host', 'qlik.acme.localhost'],
        ['content-length', '2'],
        ['x-a', '1'],
        ['x-a', '2'],
        ['cookie', 'a=1'],
        ['cookie', 'b=2'],
      ],
    })
    expect(last?.field('x-a')).toBe('1, 2')
    expect(last?.field('cookie')).toBe('a=1; b=2')
    expect(last?.field('origin')).toBeUndefined()
  })

  it.each([
    ['T-H01 no Host', 'GET / HTTP/1.0\r\n', 400],
    ['T-H01 two Hosts', `GET / HTTP/1.1\r\n${host}${host}`, 400],
    ['T-H01 an invalid Host', 'GET / HTTP/1.1\r\nHost: qlik.acme.localhost/x\r\n', 400],
    ['T-H01 an empty Host', 'GET / HTTP/1.1\r\nHost:\r\n', 400],
    ['T-H01 another Host', 'GET / HTTP/1.1\r\nHost: evil.example\r\n', 421],
    ['T-H01 another port', 'GET / HTTP/1.1\r\nHost: qlik.acme.localhost:81\r\n', 421],
    ['T-H02 absolute-form', `GET http://qlik.acme.localhost/ HTTP/1.1\r\n${host}`, 400],
    ['T-H03 asterisk-form', `OPTIONS * HTTP/1.1\r\n${host}`, 400],
    ['T-H03 a fragment', `GET /a#b HTTP/1.1\r\n${host}`, 400],
    ['T-H03 a backslash', `GET /a\\b HTTP/1.1\r\n${host}`, 400],
    ['T-H03 two slashes', `GET //evil/ HTTP/1.1\r\n${host}`, 400],
    ['T-H03 a byte above ASCII', `GET /\xe4 HTTP/1.1\r\n${host}`, 400],
    ['T-H04 dot segments', `GET /a/../b HTTP/1.1\r\n${host}`, 400],
    [
      'T-H05 length and chunks',
      `POST / HTTP/1.1\r\n${host}Content-Length: 0\r\nTransfer-Encoding: chunked\r\n`,
      400,
    ],
    [
      'T-H05 two lengths',
      `POST / HTTP/1.1\r\n${host}Content-Length: 0\r\nContent-Length: 0\r\n`,
      400,
    ],
    ['T-H05 a length with zeros', `POST / HTTP/1.1\r\n${host}Content-Length: 00\r\n`, 400],
    ['T-H05 a coding', `POST / HTTP/1.1\r\n${host}Transfer-Encoding: gzip, chunked\r\n`, 400],
    ['T-H05 a list', `POST / HTTP/1.1\r\n${host}Transfer-Encoding: chunked, chunked\r\n`, 400],
    ['T-H05 chunks in 1.0', `POST / HTTP/1.0\r\n${host}Transfer-Encoding: chunked\r\n`, 400],
    ['T-H05 a body of GET', `GET / HTTP/1.1\r\n${host}Content-Length: 1\r\n`, 400],
    ['T-H06 a space before the colon', `GET / HTTP/1.1\r\n${host}X-A : 1\r\n`, 400],
    ['T-H06 a folded line', `GET / HTTP/1.1\r\n${host}X-A: 1\r\n 2\r\n`, 400],
    ['T-H07 a bare line feed', `GET / HTTP/1.1\r\n${host}X-A: 1\nX-B: 2\r\n`, 400],
    ['T-H08 NUL', `GET / HTTP/1.1\r\n${host}X-A: a\0b\r\n`, 400],
    ['T-H13 another expectation', `POST / HTTP/1.1\r\n${host}Expect: 200-ok\r\n`, 417],
    ['T-H14 TRACE', `TRACE / HTTP/1.1\r\n${host}`, 405],
    ['T-H14 PROPFIND', `PROPFIND / HTTP/1.1\r\n${host}`, 405],
    ['T-H14 QUERY', `QUERY / HTTP/1.1\r\n${host}`, 405],
    ['T-H14 override', `POST / HTTP/1.1\r\n${host}X-HTTP-Method-Override: DELETE\r\n`, 400],
    ['T-H14 override', `POST / HTTP/1.1\r\n${host}X-Method-Override: DELETE\r\n`, 400],
    [
      'rule 5 two Authorizations',
      `GET / HTTP/1.1\r\n${host}Authorization: a\r\nAuthorization: a\r\n`,
      400,
    ],
    [
      'rule 5 two types',
      `POST / HTTP/1.1\r\n${host}Content-Type: a/b\r\nContent-Type: a/b\r\n`,
      400,
    ],
    ['rule 5 two Origins', `POST / HTTP/1.1\r\n${host}Origin: a\r\nOrigin: b\r\n`, 400],
    ['rule 5 an Origin above ASCII', `POST / HTTP/1.1\r\n${host}Origin: http://\xe4\r\n`, 400],
    ['T-H18 101 fields', `GET / HTTP/1.1\r\n${host}${'X-A: 1\r\n'.repeat(100)}`, 431],
    [
      'T-H18 a head of 16 KiB and more',
      `GET / HTTP/1.1\r\n${host}X-A: ${'a'.repeat(16_350)}\r\n`,
      431,
    ],
    ['T-H18 a target of 8,001 bytes', `GET /${'a'.repeat(8_000)} HTTP/1.1\r\n${host}`, 414],
    ['T-H19 h2c', `GET / HTTP/1.1\r\n${host}Connection: upgrade\r\nUpgrade: h2c\r\n`, 400],
    [
      'T-H19 h2c beside',
      `GET / HTTP/1.1\r\n${host}Connection: upgrade\r\nUpgrade: websocket, h2c\r\n`,
      400,
    ],
    [
      'an upgrade by POST',
      `POST / HTTP/1.1\r\n${host}Connection: upgrade\r\nUpgrade: websocket\r\n`,
      400,
    ],
  ])('%s is refused', async (_name, head, status) => {
    const { status: answered, answer } = await ask(head)
    expect(answer).not.toContain('taken')
    expect(answered).toBe(status)
  })

  it.each([
    ['T-H18 100 fields', `GET / HTTP/1.1\r\n${host}${'X-A: 1\r\n'.repeat(99)}`],
    ['a Host in capitals', 'GET / HTTP/1.1\r\nHost: QLIK.acme.localhost\r\n'],
    ['HTTP/1.0', `GET / HTTP/1.0\r\n${host}`],
    [
      'T-H13 100-continue',
      `POST / HTTP/1.1\r\n${host}Expect: 100-Continue\r\nContent-Length: 0\r\n`,
    ],
    [
      'T-H20 inherited names',
      `GET / HTTP/1.1\r\n${host}constructor: 1\r\n0: 1\r\n__proto__: 1\r\n`,
    ],
    ['an upgrade', `GET /app/1 HTTP/1.1\r\n${host}Connection: upgrade\r\nUpgrade: WebSocket\r\n`],
  ])('%s is taken', async (_name, head) => {
    expect((await ask(head)).answer).toContain('taken')
  })

  it('T-H12 loses fields with an underscore, and fields above ASCII but cookies', async () => {
    await ask(
      `GET / HTTP/1.1\r\n${host}X_Forwarded_User: eve\r\nTransfer_Encoding: chunked\r\nX-Name: J\xfcrgen\r\nCookie: n=J\xfcrgen\r\n`,
    )
    expect(last?.fields).toEqual([
      ['host', 'qlik.acme.localhost'],
      ['cookie', 'n=J\xfcrgen'],
    ])
  })

  it('has one credential', async () => {
    await ask(`GET / HTTP/1.1\r\n${host}Authorization: Bearer a\r\n`)
    const request = last
    expect(request).toBeDefined()
    if (request === undefined) return
    expect(() => assertOneCredential(request, true)).toThrow(/cookie and Authorization/)
    expect(() => assertOneCredential(request, false)).not.toThrow()
  })

  it.each<[string, Parts]>([
    ['T-H06 a name that is not a token', { rawHeaders: ['x a', '1'] }],
    ['T-H08 a line break in a value', { rawHeaders: ['x-a', '1\r\nx-b: 2'] }],
    ['T-H08 a delete character', { rawHeaders: ['x-a', '1\x7f'] }],
    [
      'T-H05 two framings',
      {
        method: 'POST',
        rawHeaders: ['content-length', '0', 'transfer-encoding', 'chunked'],
      },
    ],
    ['T-H19 HTTP/2', { httpVersion: '2.0' }],
    [
      'an upgrade in HTTP/1.0',
      { kind: 'upgrade', httpVersion: '1.0', rawHeaders: ['upgrade', 'websocket'] },
    ],
  ])('%s is refused where a lenient server lets it through', (_name, parts) => {
    const { kind = 'http', rawHeaders = [], ...others }: Parts = parts
    const incoming = {
      method: 'GET',
      httpVersion: '1.1',
      url: '/',
      socket: {},
      ...others,
      rawHeaders: ['Host', 'qlik.acme.localhost', ...rawHeaders],
    } as unknown as IncomingMessage
    expect(() => readRequest(incoming, { sites, kind })).toThrow(
      expect.objectContaining({ code: 'ERR_GATEWAY_REQUEST' }),
    )
  })

  it('has an ID of its own', () => {
    const ids = Array.from({ length: 10_000 }, createRequestId)
    expect(new Set(ids).size).toBe(10_000)
    expect(ids.every((id) => /^[\da-f]{32}$/.test(id))).toBe(true)
  })

  it('has the whole path when Express has cut off where the gateway is mounted', () => {
    const incoming = {
      method: 'GET',
      httpVersion: '1.1',
      url: '/v1',
      originalUrl: '/api/v1?x',
      rawHeaders: ['Host', 'qlik.acme.localhost'],
      socket: { remoteAddress: '::ffff:10.0.0.1' },
    } as unknown as IncomingMessage
    const request = readRequest(incoming, { sites, kind: 'http' })
    expect(request).toMatchObject({ path: '/api/v1', query: '?x', address: '10.0.0.1' })
  })
})

describe('an answer about an error', () => {
  it('is a problem with code and request ID, and nothing is kept', async () => {
    const { answer, problem } = await ask(`TRACE / HTTP/1.1\r\n${host}`)
    const id = /x-request-id: ([\da-f]{32})/.exec(answer)?.[1]
    expect(problem).toMatchObject({
      title: 'Method Not Allowed',
      status: 405,
      code: 'ERR_GATEWAY_REQUEST_METHOD',
      detail: expect.stringContaining('GET'),
      requestId: id,
    })
    expect(answer).toMatch(/content-type: application\/problem\+json/i)
    expect(answer).toMatch(/cache-control: no-store/i)
    expect(answer).toMatch(/x-content-type-options: nosniff/i)
    expect(answer).toMatch(/allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS/i)
  })
})
