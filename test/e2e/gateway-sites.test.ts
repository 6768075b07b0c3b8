// Several sites and several deployments behind one gateway: two tenants of Qlik Cloud and client-managed Qlik, each at a
// host of its own, and one host whose people have different tenants. Nobody reaches what is not theirs, whatever
// cookie, token or Host they send; and each Qlik has seen its own people only.
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clientManaged, cloud } from 'jotgate'
import {
  createAuthorise,
  createGateway,
  type Gateway,
  identifyByAssertion,
  memoryStore,
} from 'jotgate/gateway'
import { createKeyPair } from 'jotgate/keys'
import jsonwebtoken from 'jsonwebtoken'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findFreePort } from './free-port.ts'
import { openEngineSocket } from './gateway-visitor.ts'
import { createServer, type Server } from './server-stage.ts'
import { createTenant, type Tenant } from './stage.ts'

const names = ['blue', 'green', 'sense'] as const
type Name = (typeof names)[number]
/** The site that all customers share. */
const shared = 'all' as const

let tenants: Record<'blue' | 'green', Tenant>
let server: Server
let gateway: Gateway
let port: number
let folder: string
let hostKey: { privateKeyPem: string; kid: string }

const hostOf = (site: string) => `${site}.acme.localhost:${port}`
const siteUrl = (site: string) => `http://${hostOf(site)}`
const pageOf = (site: string) => `http://www-${site}.acme.localhost:1`
const issuer = 'http://www.acme.localhost:1'

beforeAll(async () => {
  port = await findFreePort()
  folder = await mkdtemp(join(tmpdir(), 'jotgate-sites-'))
  const pair = await createKeyPair({ bits: 2048, kid: 'host-1' })
  hostKey = { privateKeyPem: pair.privateKeyPem, kid: 'host-1' }
  const [blue, green, sense] = await Promise.all([
    createTenant([siteUrl('blue'), siteUrl(shared)]),
    createTenant([siteUrl('green'), siteUrl(shared)]),
    createServer(),
  ])
  tenants = { blue, green }
  server = sense
  const tenantAt = (name: 'blue' | 'green') => ({
    key: tenants[name].key,
    deployment: cloud({
      url: `http://${name}.cloud.localhost:${tenants[name].emulator.port}`,
      issuer: tenants[name].deployment.issuer,
    }),
  })
  const siteOf = (site: string) => ({
    publicUrl: siteUrl(site),
    allowedOrigins: [pageOf(site)],
    loginUrl: `${pageOf(site)}/login`,
  })
  gateway = await createGateway({
    sites: [
      ...names.map((name) => ({ ...siteOf(name), upstream: name })),
      {
        ...siteOf(shared),
        staticFilesFrom: 'green',
        authorise: createAuthorise({
          subject: 'all|{subject}',
          upstreams: [
            { attributes: { customer: 'blue' }, upstream: 'blue' },
            { attributes: { customer: 'green' }, upstream: 'green' },
          ],
        }),
      },
    ],
    upstreams: {
      blue: tenantAt('blue'),
      green: tenantAt('green'),
      sense: {
        key: server.key,
        deployment: clientManaged({
          ...server.deployment,
          url: `http://sense.server.localhost:${new URL(server.url).port}`,
        }),
      },
    },
    identify: identifyByAssertion({
      issuer,
      key: pair.publicJwk,
      claims: { attributes: { customer: 'customer' } },
    }),
    store: memoryStore(),
    audit: { folder: join(folder, 'audit'), key: randomBytes(32), writeHead: () => undefined },
    log: pino({ level: process.env.JOTGATE_TEST_LOG ?? 'silent' }),
  })
  await gateway.listen({ port, host: '127.0.0.1' })
})
afterAll(async () => {
  await gateway?.close()
  await Promise.all([tenants?.blue.close(), tenants?.green.close(), server?.close()])
  await rm(folder, { recursive: true, force: true })
})

interface Answered {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Asks a host of the gateway, as a page of that site's host application. Node's fetch takes no Host. */
const ask = (
  site: string,
  path: string,
  { method = 'GET', ...headers }: Record<string, string> = {},
): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const fields = { host: hostOf(site), origin: pageOf(site), ...headers }
    const sent = { host: '127.0.0.1', port, method, path, agent: false, headers: fields }
    const call = httpRequest(sent, async (answer) => {
      const chunks: Buffer[] = []
      for await (const chunk of answer) chunks.push(chunk)
      const body = Buffer.concat(chunks).toString()
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body })
    })
    call.on('error', reject).end()
  })

/** What the host application signs for a site: for one login, or one program. */
const assertionFor = (site: string, subject: string, customer?: string) =>
  jsonwebtoken.sign(
    {
      name: subject,
      email: `${subject}@acme.example`,
      email_verified: true,
      ...(customer !== undefined && { customer }),
    },
    hostKey.privateKeyPem,
    {
      algorithm: 'RS256',
      keyid: hostKey.kid,
      subject,
      issuer,
      audience: siteUrl(site),
      expiresIn: 60,
      jwtid: randomUUID(),
    },
  )

const logInWith = (site: string, assertion: string, fields: Record<string, string> = {}) =>
  ask(site, '/.jotgate/login', {
    method: 'POST',
    authorization: `Bearer ${assertion}`,
    ...fields,
  })

/** Logs somebody in; gives what their browser holds. */
async function logIn(site: string, subject: string, customer?: string): Promise<string> {
  const answer = await logInWith(site, assertionFor(site, subject, customer))
  expect(answer.status, answer.body).toBe(200)
  const [set = ''] = answer.headers['set-cookie'] ?? []
  return set.split(';', 1)[0] ?? ''
}

/** Where Qlik says who somebody is. */
const mePath: Readonly<Record<Name, string>> = {
  blue: '/api/v1/users/me',
  green: '/api/v1/users/me',
  sense: '/jwt/qps/user',
}
/** What Qlik says of whoever asks: Qlik Cloud at the address to which it leads. */
async function me(site: string, name: Name, fields: Record<string, string>): Promise<string> {
  const answer = await ask(site, mePath[name], fields)
  const { location } = answer.headers
  return location === undefined ? answer.body : (await ask(site, location, fields)).body
}
const baseOf = (name: Name) => (name === 'sense' ? '/jwt' : '')
const appOf = (name: Name) => (name === 'sense' ? server.appId : tenants[name].appId)

const socketAt = (site: string, name: Name, headers: Record<string, string>) =>
  openEngineSocket(`http://127.0.0.1:${port}${baseOf(name)}`, appOf(name), {
    host: hostOf(site),
    origin: pageOf(site),
    ...headers,
  })

/** Requests that each Qlik has got. */
const requestsOf = (name: Name) =>
  name === 'sense' ? server.emulators.requests : tenants[name].emulator.requests
const counts = () => names.map((name) => requestsOf(name).length)

describe('sites with a deployment each', () => {
  it('each carries its own, with the paths, the product and the prefix that it has', async () => {
    for (const name of names) {
      const cookie = await logIn(name, `ada-${name}`)
      const session = JSON.parse((await ask(name, '/.jotgate/session', { cookie })).body)
      expect(session).toMatchObject(
        name === 'sense' ? { product: 'client-managed', prefix: 'jwt' } : { product: 'cloud' },
      )
      expect(await me(name, name, { cookie })).toContain(`ada-${name}`)
      const before = counts()
      const socket = await socketAt(name, name, { cookie })
      expect(await socket.askUser()).toContain(`ada-${name}`)
      socket.close()
      const grown = counts().map((count, at) => count > (before[at] ?? 0))
      expect(grown).toEqual(names.map((one) => one === name))
    }
    // The paths of the other product are not there.
    const cookie = await logIn('blue', 'ada-blue')
    expect((await ask('blue', '/jwt/hub/', { cookie })).status).toBe(403)
    const atSense = await logIn('sense', 'ada-sense')
    expect((await ask('sense', '/api/v1/users/me', { cookie: atSense })).status).toBe(403)
    const info = '/resources/autogenerated/product-info.json'
    const bodies = await Promise.all([ask('blue', info), ask('sense', `/jwt${info}`)])
    expect(bodies.map(({ status }) => status)).toEqual([200, 200])
    expect(bodies[0]?.body).not.toBe(bodies[1]?.body)
  })

  it('a copied cookie reaches nothing at another site, by HTTP and by web socket', async () => {
    const cookies = new Map<Name, string>()
    for (const name of names) cookies.set(name, await logIn(name, `bo-${name}`))
    const before = counts()
    for (const [from, cookie] of cookies)
      for (const to of names) {
        if (from === to) continue
        for (const path of [mePath[to], '/.jotgate/session', mePath[from]]) {
          const { status, body } = await ask(to, path, { cookie })
          // Client-managed Qlik answers who nobody is with 200.
          if (path === mePath.sense && to === 'sense') expect(body).toContain('inactive')
          else expect([401, 403], `${from} ${to} ${path}`).toContain(status)
          expect(body).not.toContain('bo-')
        }
        await expect(socketAt(to, to, { cookie })).rejects.toMatchObject({ status: 401 })
      }
    expect(counts()).toEqual(before)
    for (const [name, cookie] of cookies)
      expect(await me(name, name, { cookie })).toContain(`bo-${name}`)
  })

  it('an assertion for one site is nobody’s at another: at a login, as a program’s, and for a socket', async () => {
    const before = counts()
    for (const from of names)
      for (const to of [...names, shared] as const) {
        if (from === to) continue
        const bearer = () => ({
          authorization: `Bearer ${assertionFor(from, 'cleo', 'blue')}`,
        })
        expect((await logInWith(to, assertionFor(from, 'cleo', 'blue'))).status).toBe(401)
        const name: Name = to === shared ? 'blue' : to
        expect((await ask(to, mePath[name], bearer())).status).toBe(401)
        await expect(socketAt(to, name, bearer())).rejects.toMatchObject({ status: 401 })
      }
    expect(counts()).toEqual(before)
    // At its own site a program is who it says, with the token that it brought.
    const headers = { authorization: `Bearer ${assertionFor('green', 'robot')}` }
    expect(await me('green', 'green', headers)).toContain('robot')
    expect((await ask('blue', mePath.blue, headers)).status).toBe(401)
    expect(await me('green', 'green', headers)).toContain('robot')
  })

  it('the Host alone says which site is meant, and one that is none is refused (T-H01, T-H02)', async () => {
    const cookie = await logIn('blue', 'dora')
    const before = counts()
    const raw = (head: string) =>
      new Promise<string>((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () => socket.write(`${head}\r\n\r\n`))
        let answer = ''
        socket.on('data', (chunk) => {
          answer += chunk
        })
        socket.on('error', reject)
        socket.on('close', () => resolve(answer))
      })
    const lines = (...more: string[]) =>
      raw(
        ['GET /api/v1/users/me HTTP/1.1', `Cookie: ${cookie}`, 'Connection: close', ...more].join(
          '\r\n',
        ),
      )
    const [blue, green] = [`Host: ${hostOf('blue')}`, `Host: ${hostOf('green')}`]
    expect(await lines(green)).toMatch(/^HTTP\/1\.1 401 /)
    for (const two of [
      [blue, green],
      [green, blue],
    ])
      expect(await lines(...two)).toMatch(/^HTTP\/1\.1 400 /)
    for (const host of [
      `127.0.0.1:${port}`,
      'blue.acme.localhost',
      `blue.acme.localhost.:${port}`,
      `green.acme.localhost:${port + 1}`,
      `x.blue.acme.localhost:${port}`,
    ]) {
      const answer = await lines(`Host: ${host}`)
      expect(answer).toMatch(/^HTTP\/1\.1 421 /)
      expect(answer).not.toMatch(/(blue|green|sense|all)\.acme\.localhost:\d/)
    }
    const absolute = `GET ${siteUrl('blue')}/api/v1/users/me HTTP/1.1`
    expect(
      await raw([absolute, `Cookie: ${cookie}`, green, 'Connection: close'].join('\r\n')),
    ).toMatch(/^HTTP\/1\.1 400 /)
    expect(counts()).toEqual(before)
    for (const field of ['X-Forwarded-Host', 'X-Original-Host', 'Forwarded', 'X-Host'])
      expect(await lines(blue, `${field}: ${hostOf('green')}`)).toMatch(/^HTTP\/1\.1 301 /)
  })

  it('rewrites addresses of its own deployment, for its own pages', async () => {
    const cookie = await logIn('green', 'ada-green')
    const { body } = await ask('green', '/api/v1/items', { cookie })
    expect(body).toContain(siteUrl('green'))
    expect(body).not.toMatch(/cloud\.localhost|blue\.acme/)
    const other = await ask('green', '/api/v1/items', { cookie, origin: pageOf('blue') })
    expect(other.status).toBe(403)
    expect(other.headers['access-control-allow-origin']).toBeUndefined()
  })
})

describe('a site whose people have different tenants', () => {
  it('leads each to theirs, and a cookie of the same tenant’s own site nowhere', async () => {
    const ada = await logIn(shared, 'ada', 'blue')
    const bea = await logIn(shared, 'bea', 'green')
    for (const [name, cookie, subject] of [
      ['blue', ada, 'all|ada'],
      ['green', bea, 'all|bea'],
    ] as const) {
      const before = counts()
      expect(JSON.parse(await me(shared, name, { cookie }))).toMatchObject({
        subject,
      })
      const socket = await socketAt(shared, name, { cookie })
      expect(await socket.askUser()).toContain(subject)
      socket.close()
      const program = { authorization: `Bearer ${assertionFor(shared, `job-${name}`, name)}` }
      for (let call = 0; call < 2; call += 1)
        expect(await me(shared, name, program)).toContain(`all|job-${name}`)
      const grown = counts().map((count, at) => count > (before[at] ?? 0))
      expect(grown).toEqual(names.map((one) => one === name))
      expect((await ask(name, mePath[name], { cookie })).status).toBe(401)
    }
    const own = await logIn('blue', 'ada-blue')
    expect((await ask(shared, mePath.blue, { cookie: own })).status).toBe(401)
  })

  it('lets nobody in who has none, and gives static files of the one that was named', async () => {
    const before = counts()
    for (const customer of [undefined, 'red', 'sense'])
      expect((await logInWith(shared, assertionFor(shared, 'eve', customer))).status).toBe(403)
    const program = { authorization: `Bearer ${assertionFor(shared, 'eve')}` }
    expect((await ask(shared, mePath.blue, program)).status).toBe(403)
    expect(counts()).toEqual(before)
    const files = '/resources/a.js'
    await ask(shared, files)
    expect(counts()).toEqual([before[0], (before[1] ?? 0) + 1, before[2]])
    const cookie = await logIn(shared, 'ada', 'blue')
    await ask(shared, files, { cookie })
    expect(counts()).toEqual([(before[0] ?? 0) + 1, (before[1] ?? 0) + 1, before[2]])
  })
})

it('ends those of a site alone, and each Qlik and each line has its own people only', async () => {
  const [ada, bea] = [await logIn('blue', 'fay-blue'), await logIn(shared, 'gus', 'blue')]
  const sockets = [
    await socketAt('blue', 'blue', { cookie: ada }),
    await socketAt(shared, 'blue', { cookie: bea }),
  ] as const
  await gateway.endSessions({ site: siteUrl('blue') })
  expect((await sockets[0].closed).code).toBe(4006)
  expect(await sockets[1].askUser()).toContain('all|gus')
  expect((await ask('blue', mePath.blue, { cookie: ada })).status).toBe(401)
  await gateway.endSessions({ upstream: 'blue' })
  expect((await sockets[1].closed).code).toBe(4006)

  const subjectsAt = (name: 'blue' | 'green') =>
    tenants[name].emulator.state.users().map(({ subject }) => subject)
  for (const [name, other] of [
    ['blue', 'green'],
    ['green', 'blue'],
  ] as const) {
    expect(subjectsAt(name)).toContain(`ada-${name}`)
    expect(subjectsAt(name).filter((subject) => subject.includes(other))).toEqual([])
  }
  await gateway.close()
  const lines = (
    await Promise.all(
      (
        await readdir(join(folder, 'audit'))
      )
        .filter((name) => name.endsWith('.jsonl'))
        .map((name) => readFile(join(folder, 'audit', name), 'utf8')),
    )
  )
    .join('')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, string>)
  const ofPeople = lines.filter(({ subject }) => subject !== undefined)
  expect(ofPeople.length).toBeGreaterThan(20)
  for (const { event, subject = '', site, upstream } of ofPeople) {
    const [, name] = /-(blue|green|sense)$/.exec(subject) ?? []
    if (name !== undefined) expect(upstream, `${event} ${subject}`).toBe(name)
    if (subject.startsWith('all|') && site !== undefined) expect(site).toBe(siteUrl(shared))
  }
})
