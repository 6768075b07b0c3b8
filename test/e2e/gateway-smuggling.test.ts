// What others made to lead servers astray, as bytes against the whole gateway, whose connections to Qlik are
// listened to: nothing that two servers could read differently reaches Qlik. The lists are not in the repository:
// JOTGATE_CORPORA names the folder that holds them, and without it those tests say that they were skipped.
import { randomBytes, randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cloud } from 'jotgate'
import { createGateway, type Gateway, identifyByAssertion, memoryStore } from 'jotgate/gateway'
import { createKeyPair } from 'jotgate/keys'
import jsonwebtoken from 'jsonwebtoken'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readStrictly } from '../../packages/jotgate/src/gateway/server/byte-recorder.fixture.ts'
import { sendRaw } from '../../packages/jotgate/src/gateway/server/raw-client.fixture.ts'
import { findFreePort } from './free-port.ts'
import { auditIn } from './gateway-stage.ts'
import { createTenant, type Tenant } from './stage.ts'

const corpora = process.env.JOTGATE_CORPORA ?? ''
const absent = !existsSync(`${corpora}/http1`)
if (absent)
  console.warn('Skipped: llhttp and PayloadsAllTheThings. JOTGATE_CORPORA names no such folder.')
const scale = Number(process.env.JOTGATE_TEST_SCALE ?? 1)

let folder: string
let tenant: Tenant
let gateway: Gateway
let port: number
let cookie: string
let tap: Server
/** What went to Qlik, by connection. */
const connections: { bytes: string }[] = []
const hostUrl = 'http://localhost:1'

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jotgate-smuggling-'))
  tenant = await createTenant([])
  tap = createServer((client) => {
    const connection = { bytes: '' }
    connections.push(connection)
    const qlik = connect(tenant.emulator.port, '127.0.0.1')
    client.on('data', (chunk: Buffer) => {
      connection.bytes += chunk.toString('latin1')
    })
    client.on('error', () => qlik.destroy()).pipe(qlik)
    qlik.on('error', () => client.destroy()).pipe(client)
  })
  await new Promise<void>((resolve) => tap.listen(0, '127.0.0.1', resolve))
  port = await findFreePort()
  const { privateKeyPem, publicJwk } = await createKeyPair({ bits: 2048, kid: 'host-1' })
  gateway = await createGateway({
    publicUrl: `http://localhost:${port}`,
    allowedOrigins: [hostUrl],
    upstream: {
      deployment: cloud({ url: `http://${qlikHost()}`, issuer: tenant.deployment.issuer }),
      key: tenant.key,
    },
    identify: identifyByAssertion({ issuer: hostUrl, key: publicJwk }),
    store: memoryStore(),
    audit: auditIn(folder),
    // Whatever the allow-list would refuse is tried too.
    paths: { unlisted: 'report' },
    trustedProxies: ['127.0.0.1'],
    log: pino({ level: 'silent' }),
  })
  await gateway.listen({
    port,
    limits: {
      headersTimeoutMs: 500,
      keepAliveMs: 100,
      slow: { bodyWindowMs: 500, minBytes: 2_400, answerWindowMs: 30_000 },
    },
  })
  const user = { name: 'Ada', email: 'ada@acme.example', email_verified: true }
  const assertion = jsonwebtoken.sign(user, privateKeyPem, {
    algorithm: 'RS256',
    keyid: 'host-1',
    subject: 'ada',
    issuer: hostUrl,
    audience: `http://localhost:${port}`,
    expiresIn: 60,
    jwtid: randomUUID(),
  })
  const login = await fetch(`http://localhost:${port}/.jotgate/login`, {
    method: 'POST',
    headers: { authorization: `Bearer ${assertion}`, origin: hostUrl },
  })
  expect(login.status).toBe(200)
  cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? ''
})

afterAll(async () => {
  await gateway?.close()
  tap?.close()
  await tenant?.close()
  await rm(folder, { recursive: true, force: true })
})

const qlikHost = () => `tenant.cloud.localhost:${(tap.address() as AddressInfo).port}`

/** Host, and what makes it a request of the logged-in person's page; each from an address of its own. */
function lines(isLoggedIn = true): string {
  const [a = 0, b = 0, c = 0] = randomBytes(3)
  const person = isLoggedIn ? `Cookie: ${cookie}\r\nOrigin: ${hostUrl}\r\n` : ''
  return `Host: localhost:${port}\r\nX-Forwarded-For: 10.${a}.${b}.${c}\r\n${person}`
}

/** Sends all, and gives the requests that reached Qlik; fails when one of them is ambiguous. */
async function send(inputs: readonly string[]) {
  // Those from before stay open, and are between two requests.
  for (const connection of connections) connection.bytes = ''
  const answers: string[] = []
  let next = 0
  const work = async () => {
    while (next < inputs.length) {
      const at = next
      next += 1
      answers[at] = await sendRaw(port, inputs[at] ?? '')
    }
  }
  await Promise.all(Array.from({ length: 100 }, work))
  const reached: { target: string; body: string; names: string[] }[] = []
  const problems: string[] = []
  for (const { bytes } of connections) {
    let left = bytes
    while (left !== '') {
      const {
        problem,
        target = '',
        body = '',
        fields = [],
        length,
        ...read
      } = readStrictly(left, qlikHost())
      if (problem !== undefined) problems.push(`${problem}: ${JSON.stringify(left.slice(0, 600))}`)
      if (problem !== undefined || !read.isComplete || length === undefined) break
      reached.push({ target, body, names: fields.map(([name]) => name) })
      left = left.slice(length)
    }
  }
  expect(problems).toEqual([])
  return { answers, reached }
}

const statusOf = (answer: string | undefined) =>
  Number(/^HTTP\/1\.1 (\d{3})/.exec(answer ?? '')?.[1])

describe('the whole gateway', () => {
  it('T-H05 sends no second request to Qlik that hides in a body', async () => {
    const hidden = `0\r\n\r\nGET /resources/hidden HTTP/1.1\r\nHost: ${qlikHost()}\r\n\r\n`
    const places: readonly ((byte: string) => string)[] = [
      (byte) => `${byte}Transfer-Encoding: chunked`,
      (byte) => `Transfer${byte}Encoding: chunked`,
      (byte) => `Transfer-Encoding${byte}: chunked`,
      (byte) => `Transfer-Encoding:${byte}chunked`,
      (byte) => `Transfer-Encoding: chunked${byte}`,
      (byte) => `X: x${byte}Transfer-Encoding: chunked`,
    ]
    const bytes = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).filter(
      (_, at) => scale > 1 || at < 48 || at % 8 === 0,
    )
    const inputs = places.flatMap((place) =>
      bytes.map(
        (byte) =>
          `POST /api/v1/reports/x HTTP/1.1\r\n${lines()}${place(byte)}\r\nContent-Length: ${hidden.length}\r\nConnection: close\r\n\r\n${hidden}`,
      ),
    )
    const { answers, reached } = await send(inputs)
    expect(reached.map(({ target }) => target)).not.toContain('/resources/hidden')
    // Those whose line is nothing but a field of no meaning are carried, with all of their body.
    const carried = reached.filter(({ target }) => target === '/api/v1/reports/x')
    expect(carried.length).toBeGreaterThan(10)
    expect(new Set(carried.map(({ body }) => body))).toEqual(new Set([hidden]))
    for (const answer of answers) expect(statusOf(answer), answer).toBeLessThan(500)
  })

  it.skipIf(absent)('carries no case of llhttp in an ambiguous form', async () => {
    const { tests } = JSON.parse(readFileSync(`${corpora}/http1/llhttp.json`, 'utf8')) as {
      tests: { type: string; input_b64: string }[]
    }
    const cases = tests.filter(({ type }) => type.startsWith('request'))
    const inputs = cases.flatMap(({ input_b64: base64 }) => {
      const bytes = Buffer.from(base64, 'base64').toString('latin1')
      const withLines = (isLoggedIn: boolean) =>
        bytes.replaceAll(/( HTTP\/\d\.\d\r?\n)/g, `$1${lines(isLoggedIn)}`)
      return [bytes, withLines(false), withLines(true)]
    })
    expect(inputs).toHaveLength(498)
    const { reached } = await send(inputs)
    expect(reached.length).toBeGreaterThan(5)
  })

  it.skipIf(absent)('T-H04, T-H08 carries no traversal and no line break', async () => {
    const read = (file: string) =>
      readFileSync(`${corpora}/payloadsallthethings/${file}`, 'utf8').split('\n').filter(Boolean)
    const paths = ['directory_traversal.txt', 'deep_traversal.txt', 'crlfinjection.txt']
      .flatMap(read)
      .filter((_, at) => scale > 1 || at % 5 === 0)
      .map((line) => line.replaceAll('{FILE}', 'api/v1/users').replaceAll(' ', '%20'))
    const inputs = paths.flatMap((path) => [
      `GET /resources/${path} HTTP/1.1\r\n${lines(false)}Connection: close\r\n\r\n`,
      `GET /resources/x?y=${path} HTTP/1.1\r\n${lines(false)}Connection: close\r\n\r\n`,
      `GET /api/v1/items HTTP/1.1\r\n${lines()}X-A: ${path}\r\nConnection: close\r\n\r\n`,
    ])
    const { reached } = await send(inputs)
    expect(reached.length).toBeGreaterThan(50)
    for (const { target, names } of reached) {
      const [path = ''] = target.split('?')
      expect(decodeURIComponent(path)).not.toMatch(/(^|[/\\])\.\.([ ;/\\]|$)|\p{Cc}/u)
      expect(path).toMatch(/^\/(resources|api\/v1\/(items|csrf-token)|login\/jwt-session)/)
      expect(names).not.toContain('set-cookie')
    }
  })
})
