// A Qlik that sends answers nobody asked for, 0 to 50 ms after each good one, also after each login: behind the whole
// gateway no person gets what is another's, neither an answer nor a Qlik session (G-S4).
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { clientManaged, cloud, type Deployment } from 'jotgate'
import { createGateway, identifyByCallback, memoryStore } from 'jotgate/gateway'
import { createKeyPair, readSigningKey } from 'jotgate/keys'
import { pino } from 'pino'
import { expect, it, onTestFinished } from 'vitest'
import { seed } from './changed-tokens.ts'
import { type Product, products } from './either-gateway-stage.ts'
import { findFreePort } from './free-port.ts'
import { auditIn } from './gateway-stage.ts'

const scale = Number(process.env.JOTGATE_TEST_SCALE ?? 1)
/** 50,000 in `npm run test:long`. */
const count = Math.ceil(2500 * scale)
const people = 100
const concurrency = 60

const later = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))

it.each(products)(
  `${count} requests of ${people} people to %s that answers too often: none gets what is another's (G-S4, seed ${seed})`,
  async (product) => {
    const stage = await startStage(product)
    const crowd = await Promise.all(Array.from({ length: people }, (_, at) => stage.comeIn(at)))
    const doings = fc.record({
      who: fc.nat(people - 1),
      what: fc.constantFrom('read', 'read', 'read', 'write', 'download', 'static', 'again'),
      waitMs: fc.constantFrom(0, 0, 0, 1, 5, 20, 40),
      abortMs: fc.oneof(
        { weight: 9, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: fc.nat(60) },
      ),
    })
    const left = fc.sample(doings, { numRuns: count, seed }).values()
    const seen = new Map<string, number>()
    await Promise.all(
      Array.from({ length: concurrency }, async () => {
        for (const { who, what, waitMs, abortMs } of left) {
          await later(waitMs)
          const outcome = await (crowd[who] as Person)(what, abortMs)
          seen.set(outcome, (seen.get(outcome) ?? 0) + 1)
        }
      }),
    )
    console.info(JSON.stringify({ ...Object.fromEntries(seen), extra: stage.qlik.extra }))
    expect([...seen.keys()].filter((outcome) => !expected.has(outcome))).toEqual([])
    expect(seen.get('own')).toBeGreaterThan(count / 3)
    expect(stage.qlik.extra).toBeGreaterThan(count / 3)
  },
)

/** An answer of their own, as Qlik mixed it up or not, none because of what Qlik sends, or given up. */
const expected = new Set(['own', 'own, but mixed up', '502', '503', 'cut off', 'given up'])

type Person = Awaited<ReturnType<Awaited<ReturnType<typeof startStage>>['comeIn']>>

/** What is asked of Qlik, and where its answers say whose they are. */
interface Way {
  readonly paths: Readonly<Record<'read' | 'write' | 'download' | 'static', string>>
  deploymentAt(url: string): Deployment
  /** The head of a request that logs somebody in. */
  readonly login: RegExp
  readonly userClaim: string
  readonly sessionCookie: string
  /** The fields of an answer to somebody, beside the session's cookie. */
  csrfFieldOf(who: string): string
}

const ways: Readonly<Record<Product, Way>> = {
  cloud: {
    paths: {
      read: '/api/v1/users/me',
      write: '/api/v1/reports/exports',
      download: '/api/v1/temp-contents/7f3c',
      static: '/resources/app.js',
    },
    deploymentAt: (url) => cloud({ url, issuer: 'acme.example' }),
    login: /^POST \/login\/jwt-session /,
    userClaim: 'sub',
    sessionCookie: 'eas.sid',
    csrfFieldOf: (who) => `Set-Cookie: _csrfToken=${who}; Path=/`,
  },
  'client-managed': {
    paths: {
      read: '/jwt/hub/',
      write: '/jwt/api/odag/v1/requests',
      download: '/jwt/tempcontent/7f3c',
      static: '/jwt/resources/app.js',
    },
    deploymentAt: (url) =>
      clientManaged({
        url,
        prefix: 'jwt',
        userDirectory: 'ACME',
        claims: { userId: 'userId', userDirectory: 'userDirectory' },
      }),
    login: /^GET \/jwt\/qps\/csrftoken[? ]/,
    userClaim: 'userId',
    sessionCookie: 'X-Qlik-Session-jwt',
    csrfFieldOf: (who) => `Qlik-Csrf-Token: ${who}`,
  },
}

async function startStage(product: Product) {
  const way = ways[product]
  const qlik = await startTalkativeQlik(way)
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-hostile-'))
  const port = await findFreePort()
  const url = `http://localhost:${port}`
  const pair = await createKeyPair({ bits: 2048 })
  const gateway = await createGateway({
    publicUrl: url,
    allowedOrigins: ['http://localhost:1'],
    upstream: {
      deployment: way.deploymentAt(qlik.url),
      key: await readSigningKey({ pem: pair.privateKeyPem, kid: 'acme-1' }),
    },
    identify: identifyByCallback(({ headers }) => {
      const [, subject] = /sid=([\w-]+)/.exec(headers.get('cookie') ?? '') ?? []
      return subject === undefined
        ? undefined
        : { subject, name: subject, email: `${subject}@acme.example`, emailVerified: true }
    }),
    store: memoryStore(),
    audit: auditIn(folder),
    log: pino({ level: 'silent' }),
  })
  await gateway.listen({ port, host: '127.0.0.1' })
  onTestFinished(async () => {
    await gateway.close()
    await qlik.close()
    await rm(folder, { recursive: true, force: true })
  })
  return { qlik, comeIn: (number: number) => comeIn(port, number, way) }
}

/** Somebody with a browser, who does something and says what came of it. */
async function comeIn(port: number, number: number, { paths }: Way) {
  const subject = `u-${number}`
  const agent = new Agent({ keepAlive: true, maxSockets: 10 })
  onTestFinished(() => agent.destroy())
  const localAddress = process.platform === 'linux' ? `127.0.0.${2 + number}` : undefined
  const send = (
    method: string,
    path: string,
    headers: Record<string, string>,
    signal?: AbortSignal,
  ) =>
    new Promise<{ status: number; headers: IncomingHttpHeaders; body: string }>(
      (resolve, reject) => {
        const call = httpRequest(
          { host: '127.0.0.1', port, method, path, agent, localAddress, signal, headers },
          async (answer) => {
            try {
              let body = ''
              for await (const chunk of answer.setEncoding('utf8')) body += chunk
              resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body })
            } catch (error) {
              reject(error)
            }
          },
        )
        call.on('error', reject).end(method === 'POST' ? '{}' : undefined)
      },
    )
  const base = { host: `localhost:${port}`, origin: 'http://localhost:1', cookie: `sid=${subject}` }
  let cookie = ''
  const logIn = async () => {
    const headers = cookie === '' ? base : { ...base, cookie: `${base.cookie}; ${cookie}` }
    const answer = await send('POST', '/.jotgate/login', headers)
    expect(answer.status, answer.body).toBe(200)
    expect(JSON.parse(answer.body).user.subject).toBe(subject)
    cookie = answer.headers['set-cookie']?.[0]?.split(';', 1)[0] ?? ''
  }
  /** The session ends, so that the next request logs in at Qlik again. */
  const comeAgain = async () => {
    if (logins >= 15) return
    logins += 1
    const headers = { ...base, cookie: `${base.cookie}; ${cookie}` }
    await send('POST', '/.jotgate/logout', headers)
    cookie = ''
    await logIn()
  }
  let logins = 0
  let ending: Promise<void> | undefined
  await logIn()
  return async (what: string, abortMs?: number): Promise<string> => {
    if (what === 'again') {
      ending ??= comeAgain().finally(() => {
        ending = undefined
      })
    }
    await ending
    const path = paths[what as keyof typeof paths] ?? paths.read
    const method = what === 'write' ? 'POST' : 'GET'
    const signal = abortMs === undefined ? undefined : AbortSignal.timeout(abortMs)
    const [of, login] = [cookie, logins]
    try {
      const headers = { ...base, cookie: `${base.cookie}; ${of}` }
      const { status, body } = await send(method, path, headers, signal)
      // Somebody has logged out meanwhile: it was this person.
      if (status === 401 && login !== logins) return 'given up'
      if (status !== 200) return String(status)
      // Whole names: where an answer of one's own came between, `u-32` may be cut to `u-3`.
      const names = new Set(body.match(/(?:u-\d+|nobody)(?=[";\r])/g))
      const wanted = what === 'static' ? 'nobody' : subject
      if (names.size !== 1 || !names.has(wanted))
        return `${wanted} got ${[...names]}: ${body.slice(0, 200)}`
      // One answer too many can come between the parts of another of the same person.
      return body.endsWith('}end') ? 'own' : 'own, but mixed up'
    } catch {
      return signal?.aborted ? 'given up' : 'cut off'
    }
  }
}

/** Qlik as bytes: each answer names whose cookie or token the request had, and is followed by another like it. */
async function startTalkativeQlik(way: Way) {
  const state = { extra: 0 }
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    let rest = ''
    socket.on('data', (chunk) => {
      rest += chunk.toString('latin1')
      for (;;) {
        const end = rest.indexOf('\r\n\r\n')
        if (end === -1) return
        const head = rest.slice(0, end + 4)
        const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0)
        if (rest.length < head.length + length) return
        rest = rest.slice(head.length + length)
        void answer(head, socket)
      }
    })
  })
  const answer = async (head: string, socket: Socket) => {
    const bytes = answerTo(way, head)
    if (head.includes(way.paths.download)) {
      // In pieces, so that clients give up in the middle.
      const middle = Math.floor(bytes.length / 2)
      socket.write(bytes.slice(0, middle))
      await later(Math.random() * 20)
      if (socket.writable) socket.write(bytes.slice(middle))
    } else if (socket.writable) socket.write(bytes)
    const delay = (state.extra++ * 17) % 51
    if (delay > 0) await later(delay)
    if (socket.writable) socket.write(bytes)
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(state, {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((closed) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => closed())
      }),
  })
}

function answerTo(way: Way, head: string): string {
  const { login, userClaim, sessionCookie, csrfFieldOf, paths } = way
  const [, token] = /^authorization: Bearer [\w-]+\.([\w-]+)/im.exec(head) ?? []
  const isLogin = login.test(head)
  const [, cookie = 'nobody'] =
    new RegExp(`^cookie: .*${sessionCookie}=([\\w-]+)`, 'im').exec(head) ?? []
  const who =
    isLogin && token !== undefined
      ? String(JSON.parse(Buffer.from(token, 'base64url').toString())[userClaim])
      : cookie
  const long = head.includes(paths.download) ? 2000 : 1
  const body = isLogin ? '' : `${JSON.stringify({ who }).repeat(long)}end`
  const set =
    who === 'nobody' ? '' : `Set-Cookie: ${sessionCookie}=${who}; Path=/\r\n${csrfFieldOf(who)}\r\n`
  return `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n${set}Content-Length: ${body.length}\r\n\r\n${body}`
}
