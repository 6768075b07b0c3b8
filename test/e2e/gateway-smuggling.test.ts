// What others made to lead servers astray, as bytes against the whole gateway, whose connections to Qlik are
// listened to: nothing that two servers could read differently reaches Qlik. The lists are not in the repository:
// JOTGATE_CORPORA names the folder that holds them, and without it those tests say that they were skipped.
import { randomBytes, randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clientManaged, cloud, type Deployment, type SigningKey } from 'jotgate'
import { createGateway, identifyByAssertion, memoryStore } from 'jotgate/gateway'
import { createKeyPair } from 'jotgate/keys'
import jsonwebtoken from 'jsonwebtoken'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readStrictly } from '../../packages/jotgate/src/gateway/server/byte-recorder.fixture.ts'
import { sendRaw } from '../../packages/jotgate/src/gateway/server/raw-client.fixture.ts'
import { basePaths, type Product, products } from './either-gateway-stage.ts'
import { findFreePort } from './free-port.ts'
import { auditIn } from './gateway-stage.ts'
import { createServer as createQlikServer } from './server-stage.ts'
import { createTenant } from './stage.ts'

const corpora = process.env.JOTGATE_CORPORA ?? ''
const absent = !existsSync(`${corpora}/http1`)
if (absent)
  console.warn('Skipped: llhttp and PayloadsAllTheThings. JOTGATE_CORPORA names no such folder.')
const scale = Number(process.env.JOTGATE_TEST_SCALE ?? 1)

const hostUrl = 'http://localhost:1'

interface Qlik {
  readonly port: number
  readonly key: SigningKey
  deploymentAt(url: string): Deployment
  close(): Promise<void>
}

/** What differs by product. */
interface Way {
  readonly hostName: string
  startQlik(): Promise<Qlik>
  /** What a page of the logged-in person reads, and where it writes. */
  readonly read: string
  readonly write: string
  /** What the gateway itself asks of Qlik, to log in and to write. */
  readonly ofGateway: RegExp
  /** Where the gateway reads an address of a page to go to, which is added encoded. */
  readonly loginAddresses: readonly string[]
}

const ways: Readonly<Record<Product, Way>> = {
  cloud: {
    hostName: 'tenant.cloud.localhost',
    async startQlik() {
      const { emulator, key, deployment, close } = await createTenant()
      const { issuer } = deployment
      return { port: emulator.port, key, deploymentAt: (url) => cloud({ url, issuer }), close }
    },
    read: '/api/v1/items',
    write: '/api/v1/reports/x',
    ofGateway: /^\/(api\/v1\/csrf-token|login\/jwt-session)$/,
    loginAddresses: ['/login?returnto='],
  },
  'client-managed': {
    hostName: 'sense.server.localhost',
    async startQlik() {
      const { url: ownUrl, key, deployment, close } = await createQlikServer()
      const deploymentAt = (url: string) => clientManaged({ ...deployment, url })
      return { port: Number(new URL(ownUrl).port), key, deploymentAt, close }
    },
    read: '/jwt/api/about/v1/x',
    write: '/jwt/api/odag/v1/x',
    ofGateway: /^\/jwt\/qps\/(csrftoken|user)$/,
    loginAddresses: ['/jwt/qps/user?targetUri='],
  },
}

type Stage = Awaited<ReturnType<typeof startStage>>

async function startStage({ hostName, startQlik }: Way) {
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-smuggling-'))
  const qlik = await startQlik()
  /** What went to Qlik, by connection. */
  const connections: { bytes: string }[] = []
  const tap = createServer((client) => {
    const connection = { bytes: '' }
    connections.push(connection)
    const upstream = connect(qlik.port, '127.0.0.1')
    client.on('data', (chunk: Buffer) => {
      connection.bytes += chunk.toString('latin1')
    })
    client.on('error', () => upstream.destroy()).pipe(upstream)
    upstream.on('error', () => client.destroy()).pipe(client)
  })
  await new Promise<void>((resolve) => tap.listen(0, '127.0.0.1', resolve))
  const qlikHost = `${hostName}:${(tap.address() as AddressInfo).port}`
  const port = await findFreePort()
  const gatewayUrl = `http://localhost:${port}`
  const { privateKeyPem, publicJwk } = await createKeyPair({ bits: 2048, kid: 'host-1' })
  const gateway = await createGateway({
    publicUrl: gatewayUrl,
    allowedOrigins: [hostUrl],
    upstream: { deployment: qlik.deploymentAt(`http://${qlikHost}`), key: qlik.key },
    identify: identifyByAssertion({ issuer: hostUrl, key: publicJwk }),
    loginUrl: `${hostUrl}/login`,
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
    audience: gatewayUrl,
    expiresIn: 60,
    jwtid: randomUUID(),
  })
  const login = await fetch(`${gatewayUrl}/.jotgate/login`, {
    method: 'POST',
    headers: { authorization: `Bearer ${assertion}`, origin: hostUrl },
  })
  expect(login.status).toBe(200)
  const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? ''

  return {
    qlikHost,
    gatewayUrl,
    /** Host, and what makes it a request of the logged-in person's page; each from an address of its own. */
    lines(isLoggedIn = true): string {
      const [a = 0, b = 0, c = 0] = randomBytes(3)
      const person = isLoggedIn ? `Cookie: ${cookie}\r\nOrigin: ${hostUrl}\r\n` : ''
      return `Host: localhost:${port}\r\nX-Forwarded-For: 10.${a}.${b}.${c}\r\n${person}`
    },
    /** Sends all, and gives the requests that reached Qlik; fails when one of them is ambiguous. */
    async send(inputs: readonly string[]) {
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
      return { answers, reached: readConnections(connections, qlikHost) }
    },
    async close() {
      await gateway.close()
      tap.close()
      await qlik.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function readConnections(connections: readonly { bytes: string }[], qlikHost: string) {
  const reached: { target: string; path: string; body: string; names: string[] }[] = []
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
      } = readStrictly(left, qlikHost)
      if (problem !== undefined) problems.push(`${problem}: ${JSON.stringify(left.slice(0, 600))}`)
      if (problem !== undefined || !read.isComplete || length === undefined) break
      const [path = ''] = target.split('?')
      reached.push({ target, path, body, names: fields.map(([name]) => name) })
      left = left.slice(length)
    }
  }
  expect(problems).toEqual([])
  return reached
}

const statusOf = (answer: string | undefined) =>
  Number(/^HTTP\/1\.1 (\d{3})/.exec(answer ?? '')?.[1])

describe.each(products)('the whole gateway in front of %s', (product) => {
  const way = ways[product]
  const base = basePaths[product]
  let stage: Stage
  beforeAll(async () => {
    stage = await startStage(way)
  })
  afterAll(() => stage?.close())

  it('T-H05 sends no second request to Qlik that hides in a body', async () => {
    const { lines, send, qlikHost } = stage
    const hidden = `0\r\n\r\nGET ${base}/resources/hidden HTTP/1.1\r\nHost: ${qlikHost}\r\n\r\n`
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
          `POST ${way.write} HTTP/1.1\r\n${lines()}${place(byte)}\r\nContent-Length: ${hidden.length}\r\nConnection: close\r\n\r\n${hidden}`,
      ),
    )
    const { answers, reached } = await send(inputs)
    expect(reached.map(({ path }) => path)).not.toContain(`${base}/resources/hidden`)
    // Those whose line is nothing but a field of no meaning are carried, with all of their body.
    const carried = reached.filter(({ path }) => path === way.write)
    expect(carried.length).toBeGreaterThan(10)
    expect(new Set(carried.map(({ body }) => body))).toEqual(new Set([hidden]))
    for (const answer of answers) expect(statusOf(answer), answer).toBeLessThan(500)
  })

  it.skipIf(absent)('carries no case of llhttp in an ambiguous form', async () => {
    const { lines, send } = stage
    const { tests } = JSON.parse(readFileSync(`${corpora}/http1/llhttp.json`, 'utf8')) as {
      tests: { type: string; input_b64: string }[]
    }
    const cases = tests.filter(({ type }) => type.startsWith('request'))
    const inputs = cases.flatMap(({ input_b64: base64 }) => {
      const bytes = Buffer.from(base64, 'base64').toString('latin1')
      const withLines = (isLoggedIn: boolean) =>
        bytes
          .replaceAll(/ \/(?=\S* HTTP\/)/g, ` ${base}/`)
          .replaceAll(/( HTTP\/\d\.\d\r?\n)/g, `$1${lines(isLoggedIn)}`)
      return [bytes, withLines(false), withLines(true)]
    })
    expect(inputs).toHaveLength(498)
    const { reached } = await send(inputs)
    expect(reached.length).toBeGreaterThan(5)
  })

  it.skipIf(absent)('T-H04, T-H08 carries no traversal and no line break', async () => {
    const { lines, send } = stage
    const paths = ['directory_traversal.txt', 'deep_traversal.txt', 'crlfinjection.txt']
      .flatMap((file) => linesOf(`payloadsallthethings/${file}`))
      .filter((_, at) => scale > 1 || at % 5 === 0)
      .map((line) => line.replaceAll('{FILE}', 'api/v1/users').replaceAll(' ', '%20'))
    const inputs = paths.flatMap((path) => [
      `GET ${base}/resources/${path} HTTP/1.1\r\n${lines(false)}Connection: close\r\n\r\n`,
      `GET ${base}/resources/x?y=${path} HTTP/1.1\r\n${lines(false)}Connection: close\r\n\r\n`,
      `GET ${way.read} HTTP/1.1\r\n${lines()}X-A: ${path}\r\nConnection: close\r\n\r\n`,
    ])
    const { reached } = await send(inputs)
    expect(reached.length).toBeGreaterThan(50)
    for (const { path, names } of reached) {
      expect(decodeURIComponent(path)).not.toMatch(/(^|[/\\])\.\.([ ;/\\]|$)|\p{Cc}/u)
      const isAsked = path.startsWith(`${base}/resources`) || path === way.read
      expect(isAsked || way.ofGateway.test(path), path).toBe(true)
      expect(names).not.toContain('set-cookie')
    }
  })

  it.skipIf(absent)('T-O02 leads to no other origin, whatever page it was asked for', async () => {
    const { gatewayUrl, lines, send } = stage
    const wanted = [
      'open-redirect/oauth2-proxy-openredirects.txt',
      'payloadsallthethings/Open-Redirect-payloads.txt',
      'payloadsallthethings/open_redirect_wordlist.txt',
      'payloadsallthethings/openredirects.txt',
    ]
      .flatMap(linesOf)
      .filter((_, at) => scale > 1 || at % 5 === 0)
    const pages = wanted.flatMap((line) => [
      ...way.loginAddresses.map((address) => address + encodeURIComponent(line)),
      // As it is, where it can stand in a request line, and as a page without a session.
      ...way.loginAddresses.map((address) => address + line.replaceAll(/[\s#]/g, '')),
      `${base}/single/?next=${encodeURIComponent(line)}`,
      `${base}/single/${line.replaceAll(/[\s#]/g, '')}`,
    ])
    const page = 'Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\nAccept: text/html'
    const { answers } = await send(
      pages.map(
        (path) => `GET ${path} HTTP/1.1\r\n${lines(false)}${page}\r\nConnection: close\r\n\r\n`,
      ),
    )
    let led = 0
    for (const [at, answer] of answers.entries()) {
      const [, to] =
        /^location: (.*)\r$/im.exec(answer) ?? /"loginUri":"([^"]+)"/.exec(answer) ?? []
      if (to === undefined) continue
      led += 1
      const address = new URL(to, gatewayUrl)
      expect(address.origin, `${pages[at]} leads to ${to}`).toBe(hostUrl)
      const returns = new URL(address.searchParams.get('returnto') ?? gatewayUrl, 'http://other/')
      expect([hostUrl, gatewayUrl], `${pages[at]} returns to ${returns}`).toContain(returns.origin)
    }
    expect(led).toBeGreaterThan(wanted.length)
  })
})

const linesOf = (file: string) =>
  readFileSync(`${corpora}/${file}`, 'utf8').split('\n').filter(Boolean)
