// Nobody who is not logged in gets anything of Qlik but its static files: G-S1 of the real gateway over real
// connections. Qlik is a server that writes down each request that reaches it.
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { clientManaged, cloud, type Deployment, type SigningKey } from 'jotgate'
import { createGateway, identifyByAssertion, memoryStore } from 'jotgate/gateway'
import { createKeyPair, readSigningKey } from 'jotgate/keys'
import { productFor } from 'jotgate/qlik'
import jsonwebtoken from 'jsonwebtoken'
import { pino } from 'pino'
import { expect, it, onTestFinished } from 'vitest'
import { seed } from './changed-tokens.ts'
import { findFreePort } from './free-port.ts'
import { auditIn } from './gateway-stage.ts'

const scale = Number(process.env.JOTGATE_TEST_SCALE ?? 1)
const count = Math.ceil(5000 * scale)
const concurrency = 16
const page = 'http://www.acme.localhost:1'

interface Sent {
  method: string
  path: string
  headers: Record<string, string>
}

/** @param url Qlik's address */
const deployments: readonly (readonly [string, string, (url: string) => Deployment])[] = [
  ['Qlik Cloud', '', (url) => cloud({ url, issuer: 'acme.example' })],
  [
    'client-managed Qlik',
    '/jwt',
    (url) =>
      clientManaged({
        url,
        prefix: 'jwt',
        userDirectory: 'ACME',
        claims: { userId: 'userId', userDirectory: 'userDirectory' },
      }),
  ],
]

it.each(deployments)(
  `${count} requests of nobody reach the static files of %s alone (G-S1, seed ${seed})`,
  async (_, base, toDeployment) => {
    const stage = await startGateway(toDeployment)
    const staticFile = new RegExp(`^${base}/(resources|assets|qlik-embed)(/|\\?|$)`)
    const whoAmI = new RegExp(`^${base}/qps/user(\\?|$)`)
    const sent = fc.sample(requestsTo(stage), { numRuns: count, seed })
    const statuses = new Map<number, number>()
    const agent = new Agent({ keepAlive: true, maxSockets: concurrency })
    onTestFinished(() => agent.destroy())
    await inTurns(sent, async (one, at) => {
      const { status, headers, body } = await send(stage.port, one, agent, addressOf(at))
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      const isStatic = staticFile.test(one.path)
      const what = JSON.stringify({ ...one, status, headers, body })
      const saysNobody = whoAmI.test(one.path) && /^(\{"session":"inactive"[,}].*|)$/.test(body)
      if (status === 200)
        expect(isStatic || saysNobody || one.path.includes('logout'), what).toBe(true)
      expect([200, 204, 302, 400, 401, 403, 404, 405, 429], what).toContain(status)
      // A log-out takes a cookie away; no answer gives one.
      for (const line of headers['set-cookie'] ?? []) expect(line, what).toContain('Max-Age=0')
      expect(headers['qlik-csrf-token'], what).toBeUndefined()
      const readers = headers['access-control-allow-origin']
      if (readers !== undefined) expect([page, stage.url], what).toContain(readers)
      if (readers !== undefined) expect(readers, what).toBe(one.headers.origin)
      const location = headers.location
      if (location !== undefined)
        expect(location, what).toMatch(/^http:\/\/(www|qlik)\.acme\.localhost:\d+\//)
      if (one.path.startsWith(`${base}/api/`)) expect(location, what).toBeUndefined()
    })
    expect(stage.signings).toBe(0)
    expect(stage.gateway.health()).toMatchObject({ sessions: 0, sockets: 0, ready: true })
    expect(stage.reached.length).toBeGreaterThan(0)
    for (const { method, path, headers } of stage.reached) {
      expect(['GET', 'HEAD']).toContain(method)
      expect(path).toMatch(staticFile)
      expect(path).not.toMatch(/accessToken|qlik-csrf-token/)
      expect(Object.keys(headers).join(' ')).not.toMatch(/cookie|authorization|csrf|user\b|upgrade/)
    }
    expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 302, 401, 403]))
  },
)

/** The gateway, a Qlik that answers everything, and what reached it. */
async function startGateway(toDeployment: (url: string) => Deployment) {
  const reached: Sent[] = []
  const qlik = createServer((incoming, response) => {
    const { method = '', url: path = '', headers } = incoming
    reached.push({ method, path, headers: headers as Record<string, string> })
    response.setHeader('set-cookie', 'eas.sid=of-qlik; Path=/')
    response.setHeader('qlik-csrf-token', 'of-qlik')
    response.end('static')
  })
  qlik.on('upgrade', ({ url: path = '' }, socket) => {
    reached.push({ method: 'upgrade', path, headers: {} })
    socket.destroy()
  })
  await new Promise<void>((resolve) => qlik.listen(0, '127.0.0.1', resolve))
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-anonymous-'))
  const port = await findFreePort()
  const url = `http://qlik.acme.localhost:${port}`
  const pair = await createKeyPair({ bits: 2048 })
  const key = await readSigningKey({ pem: pair.privateKeyPem, kid: 'acme-1' })
  const host = await createKeyPair({ bits: 2048, kid: 'host-1' })
  const deployment = toDeployment(`http://localhost:${(qlik.address() as AddressInfo).port}`)
  const stage = { reached, signings: 0, port, url, hostKeyPem: host.privateKeyPem, deployment }
  const counted: SigningKey = {
    ...key,
    sign(bytes) {
      stage.signings += 1
      return key.sign(bytes)
    },
  }
  const gateway = await createGateway({
    publicUrl: url,
    allowedOrigins: [page],
    upstream: {
      deployment,
      key: counted,
    },
    identify: identifyByAssertion({ issuer: page, key: host.publicJwk }),
    loginUrl: `${page}/login`,
    // Also what is not listed is carried, for those who are logged in.
    paths: { unlisted: 'report' },
    store: memoryStore(),
    audit: auditIn(folder),
    log: pino({ level: 'silent' }),
  })
  await gateway.listen({ port, host: '127.0.0.1' })
  onTestFinished(async () => {
    await gateway.close()
    qlik.closeAllConnections()
    qlik.close()
    await rm(folder, { recursive: true, force: true })
  })
  return Object.assign(stage, { gateway })
}

/** Any path with any method, page and credential but a good one. */
function requestsTo({
  port,
  url,
  hostKeyPem,
  deployment,
}: {
  port: number
  url: string
  hostKeyPem: string
  deployment: Deployment
}) {
  const product = productFor(deployment)
  const base = product.basePath(deployment)
  const { paths, closed, ownPaths } = product.gatewayRules
  const patterns = [...paths, ...closed].map(
    ({ pattern }) => base + pattern.replace(/\{\w+\}/g, '7f3c').replace('/*', '/x'),
  )
  const own = [
    ...ownPaths.map(({ path }) => base + path),
    '/.jotgate/session',
    '/.jotgate/logout',
    `${base}/.jotgate/session`,
  ]
  const others = ['/', '/.jotgate/login', '/.jotgate/x', '/api/v1/data-files', '/hub/', '/Single/']
  const evil = 'https://evil.example'
  const returns = [`//evil.example`, encodeURIComponent(`${page}/sales`), '/single/']
  const assertion = (claims: object) =>
    jsonwebtoken.sign({ sub: 'ada', iss: page, aud: url, jti: 'once', ...claims }, hostKeyPem, {
      algorithm: 'RS256',
      keyid: 'host-1',
      expiresIn: 60,
    })
  const field = (name: string, ...values: string[]) =>
    fc.constantFrom({}, ...values.map((value) => ({ [name]: value })))
  const upgrade = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
  }
  const methods = ['GET', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']
  const query = [
    '',
    '',
    '?qlik-csrf-token=a&b=1',
    '?accessToken=a',
    `?targetUri=${encodeURIComponent(`${page}/sales`)}`,
    ...returns.map((to) => `?returnto=${to}`),
  ]
  return fc
    .record({
      method: fc.constantFrom(...methods),
      path: fc.constantFrom(...patterns, ...own, ...others),
      query: fc.constantFrom(...query),
      isUpgrade: fc.constantFrom(false, false, false, true),
      fields: fc.tuple(
        field('cookie', `__Host-jotgate=${'A'.repeat(43)}`, '__Host-jotgate=', 'eas.sid=forged'),
        field(
          'authorization',
          ...['Bearer e30.e30.AA', 'Basic YTpi', 'Bearer'],
          `Bearer ${assertion({ aud: evil })}`,
          `Bearer ${assertion({ iss: evil })}`,
          `Bearer ${assertion({})}x`,
        ),
        field('origin', page, url, 'null', evil, `${page}.evil.example`),
        field('sec-fetch-site', 'same-origin', 'same-site', 'cross-site', 'none'),
        field('sec-fetch-mode', 'navigate', 'cors', 'no-cors', 'websocket'),
        field('sec-fetch-dest', 'document', 'iframe', 'image', 'empty'),
        field('accept', 'text/html', '*/*'),
        field('access-control-request-method', 'GET', 'PUT'),
        field('x-forwarded-user', 'ada'),
        field('x-forwarded-host', 'evil.example'),
      ),
    })
    .map(({ method, path, query: parameters, isUpgrade, fields }): Sent => {
      const isGet = isUpgrade && method === 'GET'
      const headers = Object.assign({ host: `qlik.acme.localhost:${port}` }, ...fields)
      return { method, path: path + parameters, headers: { ...headers, ...(isGet && upgrade) } }
    })
}

function send(port: number, { method, path, headers }: Sent, agent: Agent, localAddress: string) {
  return new Promise<{ status: number; headers: IncomingHttpHeaders; body: string }>(
    (resolve, reject) => {
      const options = { host: '127.0.0.1', port, method, path, headers, agent, localAddress }
      const call = httpRequest(options, async (answer) => {
        let body = ''
        for await (const chunk of answer.setEncoding('utf8')) body += chunk
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body })
      })
      call.on('upgrade', (_answer, socket) => {
        socket.destroy()
        resolve({ status: 101, headers: {}, body: '' })
      })
      call.on('error', reject).end()
    },
  )
}

/** One of 200 of this machine, so that the limit for each of them is not what is tested; elsewhere it is. */
const addressOf = (at: number) =>
  process.platform === 'linux' ? `127.0.0.${2 + (at % 200)}` : '127.0.0.1'

async function inTurns<Item>(
  items: readonly Item[],
  work: (item: Item, at: number) => Promise<void>,
): Promise<void> {
  const queue = items.entries()
  const worker = async () => {
    for (const [at, item] of queue) await work(item, at)
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
}
