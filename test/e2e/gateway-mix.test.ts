// Many people and programs ask at once, give up and ask again: every answer is the one of who asked (G-S3), and the
// audit log has each decision once (G-S10).

import { readdir, readFile } from 'node:fs/promises'
import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import { setTimeout as waitFor } from 'node:timers/promises'
import fc from 'fast-check'
import type { User } from 'jotgate'
import { createAuthorise } from 'jotgate/gateway'
import type { Emulator } from 'jotgate-emulator'
import { expect, it, onTestFinished } from 'vitest'
import { seed } from './changed-tokens.ts'
import { type Product, products, whoAmI } from './either-gateway-stage.ts'
import { createGatewayStage, createServerGatewayStage, type FrontStage } from './gateway-stage.ts'
import { openEngineSocket } from './gateway-visitor.ts'

const scale = Number(process.env.JOTGATE_TEST_SCALE ?? 1)
/** About 10,000 requests of Qlik Cloud, since some are led on and some are two; 200,000 in `npm run test:long`. */
const counts: Readonly<Record<Product, number>> = {
  cloud: Math.ceil(7000 * scale),
  'client-managed': Math.ceil(2000 * scale),
}
const concurrency = 100

/** What somebody does next. */
const doings = (users: number, whats: readonly string[]) =>
  fc.record({
    who: fc.nat(users - 1),
    what: fc.constantFrom(...whats),
    /** Before it is asked. */
    waitMs: fc.constantFrom(0, 0, 0, 1, 3, 10, 30),
    /** After how long the client gives up, if it does. */
    abortMs: fc.oneof(
      { weight: 9, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.nat(150) },
    ),
  })

const gatewayOptions = {
  authorise: createAuthorise({ deny: [{ subject: 'acme|denied-*' }] }),
  paths: { allowPaths: ['POST /api/v1/spaces', 'DELETE /api/v1/spaces/{id}'] },
}

/** Each product with what is done there, and how often of ten times. */
const ways = {
  async cloud() {
    const stage = await createGatewayStage({ names: 'localhost', gateway: gatewayOptions })
    const { emulator, appId } = stage.tenant
    emulator.switches.set({ rateLimits: 'off' })
    return {
      stage,
      whats: ['me', 'me', 'me', 'self', 'self', 'session', 'items', 'list', 'write', 'socket'],
      toDoings: (person: Person) => doAtCloud(person, emulator, appId),
    }
  },
  async 'client-managed'() {
    const { authorise } = gatewayOptions
    const stage = await createServerGatewayStage({ names: 'localhost', gateway: { authorise } })
    return {
      stage,
      whats: ['me', 'me', 'me', 'me', 'me', 'self', 'session', 'socket'],
      toDoings: (person: Person) => doAtServer(person, stage.server.appId),
    }
  },
}

it.each(products.map((product) => [counts[product], product] as const))(
  `%i calls of people and programs in front of %s: each answer names who asked (G-S3, G-S10, seed ${seed})`,
  async (count, product) => {
    const users = Math.min(200, Math.max(20, Math.ceil(count / 50)))
    const { stage, whats, toDoings } = await ways[product]()
    onTestFinished(() => stage.close())
    const crowd = await Promise.all(
      Array.from({ length: users }, async (_, number) => {
        const person = comeIn(stage, number)
        return { ...person, doings: await toDoings(person) }
      }),
    )
    const refused = await refusals(stage, product)

    const answers = new Map<string, number>()
    const left = fc.sample(doings(users, whats), { numRuns: count, seed }).values()
    let aborted = 0
    await Promise.all(
      Array.from({ length: concurrency }, async () => {
        for (const { who, what, waitMs, abortMs } of left) {
          if (waitMs > 0) await waitFor(waitMs)
          const signal = abortMs === undefined ? undefined : AbortSignal.timeout(abortMs)
          try {
            await crowd[who]?.doings[what]?.(signal)
            answers.set(what, (answers.get(what) ?? 0) + 1)
          } catch (error) {
            if (!signal?.aborted) throw error
            aborted += 1
          }
        }
      }),
    )
    const whole = [...answers.values()].reduce((sum, one) => sum + one, 0)
    console.info(`answers: ${JSON.stringify(Object.fromEntries(answers))}, given up: ${aborted}`)
    expect(whole + aborted).toBe(count)
    expect(whole).toBeGreaterThan(count * 0.8)
    expect([...answers.keys()].sort()).toEqual([...new Set(whats)].sort())
    await expect.poll(() => stage.gateway.health().sockets).toBe(0)
    const sessions = stage.gateway.health().sessions
    await stage.gateway.close()
    await expectOneLineEach(stage, crowd, sessions, refused, product)
  },
)

/** When many come at once, Qlik's logins wait for their turn, and whoever waits for long is asked to come again. */
const isToComeAgain = ({ status, body }: Answer) =>
  status === 503 && ['ERR_GATEWAY_WAITING', 'ERR_GATEWAY_BUSY'].includes(JSON.parse(body).code)

type Person = ReturnType<typeof comeIn>
type Doings = Readonly<Record<string, (signal?: AbortSignal) => Promise<void>>>

/** Somebody: a browser, or a program that brings its token each time. */
function comeIn(stage: FrontStage, number: number) {
  const isProgram = number % 2 === 1
  const subject = `acme|user-${number}`
  const user: User = { subject, name: `User ${number}`, email: `u${number}@acme.example` }
  // Each comes from an address of its own where that is possible: one has a limit.
  const localAddress = process.platform === 'linux' ? `127.0.0.${2 + (number % 250)}` : undefined
  const agent = new Agent({ keepAlive: true, maxSockets: 20 })
  onTestFinished(() => agent.destroy())
  const send = createSend(stage.gatewayUrl, agent, localAddress)

  const entered: string[] = []
  let credentials: Record<string, string> = {}
  let freshUntil = 0
  /** Before what says who it is expires: 60 s after a program's token was made, 15 minutes after a browser's login. */
  const logInAgain = async () => {
    if (Date.now() < freshUntil) return
    // Not all at once.
    freshUntil = Date.now() + (isProgram ? 20_000 : 200_000) * (1 + (number % 100) / 200)
    const authorization = `Bearer ${stage.host.assertionFor(user)}`
    if (isProgram) {
      credentials = { authorization }
      return
    }
    // Whatever is asked meanwhile goes by the cookie that there is.
    const headers = { ...credentials, authorization, origin: stage.hostUrl }
    const login = await send('POST', '/.jotgate/login', { headers })
    expect(login.status).toBe(200)
    const [line = ''] = login.headers['set-cookie'] ?? []
    credentials = { cookie: line.split(';', 1)[0] ?? '', origin: stage.hostUrl }
    entered.push(String(login.headers['x-request-id']))
  }
  const ask = async (
    method: string,
    path: string,
    signal?: AbortSignal,
    body?: unknown,
  ): Promise<Answer> => {
    await logInAgain()
    const text = body === undefined ? undefined : JSON.stringify(body)
    const headers = { ...credentials, ...(text && { 'content-type': 'application/json' }) }
    const answer = await send(method, path, { headers, body: text, signal })
    expect(answer.headers['set-cookie'], path).toBeUndefined()
    if (!isToComeAgain(answer)) return answer
    await waitFor(Number(answer.headers['retry-after']) * 1000, undefined, { signal })
    return ask(method, path, signal, body)
  }
  const read = async (path: string, signal?: AbortSignal): Promise<string> => {
    const { status, headers, body } = await ask('GET', path, signal)
    if (status >= 300 && status < 400)
      return read(new URL(headers.location ?? '', stage.gatewayUrl).pathname, signal)
    expect(status, `${path} of ${subject}: ${body}`).toBe(200)
    return body
  }
  const openSocket = (base: string, appId: string, signal?: AbortSignal) =>
    openEngineSocket(stage.gatewayUrl + base, appId, credentials, {
      ...(localAddress && { localAddress }),
      ...(signal && { signal }),
    })
  /** The IDs of the requests whose sockets were opened. */
  const opened: string[] = []
  return {
    subject,
    isProgram,
    gatewayUrl: stage.gatewayUrl,
    /** The IDs of the requests of a browser's logins. */
    entered,
    opened,
    ask,
    read,
    /** Opens a socket, which must be the person's as the engine names one. */
    async tryWebSocket(base: string, appId: string, name: string, signal?: AbortSignal) {
      const socket = await openSocket(base, appId, signal)
      opened.push(socket.requestId)
      try {
        expect(await socket.askUser()).toBe(name)
      } finally {
        socket.close()
      }
    },
  }
}

/** With a space of their own. */
async function doAtCloud(person: Person, emulator: Emulator, appId: string): Promise<Doings> {
  const { subject, isProgram, ask, gatewayUrl } = person
  const read = async (path: string, signal?: AbortSignal) =>
    JSON.parse(await person.read(path, signal))
  const made = await fetch(`${emulator.url}/api/v1/users`, {
    method: 'POST',
    headers: { authorization: `Bearer ${emulator.adminKey}` },
    body: JSON.stringify({ subject, assignedRoles: [{ name: 'SharedSpaceCreator' }] }),
  })
  expect(made.status).toBe(201)
  const { id } = (await made.json()) as { id: string }
  const space = await ask('POST', '/api/v1/spaces', undefined, {
    name: `own of ${subject}`,
    type: 'shared',
  })
  expect(space.status, space.body).toBe(201)

  return {
    async me(signal?: AbortSignal) {
      expect(await read('/api/v1/users/me', signal)).toMatchObject({ id, subject })
    },
    async self(signal?: AbortSignal) {
      expect(await read(`/api/v1/users/${id}`, signal)).toMatchObject({ id, subject })
    },
    async session(signal?: AbortSignal) {
      const path = isProgram ? '/api/v1/users/me' : '/.jotgate/session'
      const body = await read(path, signal)
      expect(isProgram ? body : body.user).toMatchObject({ subject })
    },
    async items(signal?: AbortSignal) {
      const { links } = await read('/api/v1/items?limit=5', signal)
      expect(links.self.href).toContain(gatewayUrl)
    },
    /** Everybody sees the spaces of their own alone. */
    async list(signal?: AbortSignal) {
      const { data } = await read('/api/v1/spaces?limit=100', signal)
      expect(data.length).toBeGreaterThan(0)
      for (const one of data) expect(one).toMatchObject({ ownerId: id, name: /of acme\|user-/ })
      for (const one of data) expect(one.name.endsWith(`of ${subject}`)).toBe(true)
    },
    async write(signal?: AbortSignal) {
      const name = `${Math.random()} of ${subject}`
      const answer = await ask('POST', '/api/v1/spaces', signal, { name, type: 'shared' })
      expect(answer.status, answer.body).toBe(201)
      const written = JSON.parse(answer.body)
      expect(written).toMatchObject({ name, ownerId: id })
      expect((await ask('DELETE', `/api/v1/spaces/${written.id}`)).status).toBe(204)
    },
    async socket(signal?: AbortSignal) {
      // Who has just logged in may have to wait for their turn at Qlik, which a socket is told by a status alone.
      await read('/api/v1/users/me', signal)
      await person.tryWebSocket('', appId, subject, signal)
    },
  }
}

async function doAtServer(person: Person, appId: string): Promise<Doings> {
  const { subject, isProgram } = person
  const { path, read, inEngine } = whoAmI['client-managed']
  const me = async (signal?: AbortSignal) =>
    expect(read(await person.read(path, signal))).toBe(subject)
  await me()
  return {
    /** By Qlik's own page. */
    me,
    /** By the gateway's answer in Qlik's place. */
    async self(signal) {
      const user = JSON.parse(await person.read('/jwt/qps/user', signal))
      expect(user).toMatchObject({ userDirectory: 'ACME', userId: subject })
    },
    async session(signal) {
      if (isProgram) return me(signal)
      const { user } = JSON.parse(await person.read('/.jotgate/session', signal))
      expect(user).toMatchObject({ subject })
    },
    async socket(signal) {
      await me(signal)
      await person.tryWebSocket('/jwt', appId, inEngine(subject), signal)
    },
  }
}

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

interface Sent {
  headers?: Record<string, string>
  body?: string | undefined
  signal?: AbortSignal | undefined
}

/** By node:http, which can choose the address that it comes from. */
function createSend(gatewayUrl: string, agent: Agent, localAddress: string | undefined) {
  const { port, host } = new URL(gatewayUrl)
  const send = (method: string, path: string, sent: Sent = {}) =>
    new Promise<Answer>((resolve, reject) => {
      const { headers = {}, body, signal } = sent
      const options = { host: '127.0.0.1', port, method, path, agent, signal, localAddress }
      const call = httpRequest({ ...options, headers: { host, ...headers } }, async (answer) => {
        try {
          let text = ''
          for await (const chunk of answer.setEncoding('utf8')) text += chunk
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text })
        } catch (error) {
          reject(error)
        }
      })
      call.on('error', (error: NodeJS.ErrnoException) => {
        // The gateway closed an idle connection at the moment when it was used again, as any server may.
        const isCrossed = call.reusedSocket && error.code === 'ECONNRESET' && !signal?.aborted
        if (isCrossed) send(method, path, sent).then(resolve, reject)
        else reject(error)
      })
      call.end(body)
    })
  return send
}

/** Some of each that is refused: those whom the log names, and how many it counts. */
async function refusals({ gatewayUrl, hostUrl, host }: FrontStage, product: Product) {
  const { path: own } = whoAmI[product]
  const closed = product === 'cloud' ? '/api/v1/api-keys' : '/jwt/qmc/'
  const agent = new Agent({ keepAlive: true })
  onTestFinished(() => agent.destroy())
  const send = createSend(gatewayUrl, agent, undefined)
  const denied = (number: number): User => ({
    subject: `acme|denied-${number}`,
    name: 'Denied',
    email: 'denied@acme.example',
  })
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
  const named: string[] = []
  for (let round = 0; round < 5; round += 1) {
    const authorization = bearer(host.assertionFor(denied(round)))
    const login = { headers: { ...authorization, origin: hostUrl } }
    const refused = [
      await send('POST', '/.jotgate/login', login),
      await send('GET', own, { headers: bearer(host.assertionFor(denied(round))) }),
    ]
    for (const { status, headers } of refused) {
      expect(status).toBe(403)
      named.push(String(headers['x-request-id']))
    }
  }
  const counted: [number, string, string, Record<string, string>][] = [
    [401, 'GET', own, {}],
    [401, 'GET', own, { cookie: `__Host-jotgate=${'A'.repeat(43)}` }],
    [401, 'GET', own, bearer('e30.e30.AA')],
    [403, 'GET', closed, {}],
    [403, 'GET', own, { cookie: 'a=b', origin: 'http://evil.example' }],
    [401, 'POST', '/.jotgate/login', { ...bearer('e30.e30.AA'), origin: hostUrl }],
    [403, 'POST', '/.jotgate/login', { origin: 'http://evil.example' }],
    [421, 'GET', own, { host: 'evil.example' }],
  ]
  for (const [status, method, path, headers] of counted)
    expect((await send(method, path, { headers })).status, `${method} ${path}`).toBe(status)
  return { named, counted: counted.length }
}

interface Line {
  readonly event: string
  readonly requestId?: string
  readonly session?: string
  readonly jti?: string
  readonly count?: number
}

async function readLines(folder: string): Promise<Line[]> {
  const names = await readdir(folder)
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  return texts.flatMap((text) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line),
  )
}

/** G-S10: each decision has one line, and no line is without one. */
async function expectOneLineEach(
  { folder }: FrontStage,
  crowd: readonly Person[],
  sessions: number,
  refused: Awaited<ReturnType<typeof refusals>>,
  product: Product,
) {
  const lines = await readLines(join(folder, 'audit'))
  const of = (event: string) => lines.filter((line) => line.event === event)
  const distinct = (values: readonly (string | undefined)[]) => {
    expect(values).not.toContain(undefined)
    expect(new Set(values).size).toBe(values.length)
    return new Set(values)
  }
  // Who entered, each time by a request of its own.
  const entered = new Set(of('enter').map(({ session }) => session))
  const requests = distinct(of('enter').map(({ requestId }) => requestId))
  expect(entered.size).toBe(sessions + of('session-end').length)
  for (const id of crowd.flatMap((person) => person.entered)) expect(requests).toContain(id)
  // Each token and what it opened.
  const minted = distinct(of('mint').map(({ jti }) => jti))
  expect(distinct(of('qlik-session-open').map(({ jti }) => jti))).toEqual(minted)
  const holders = distinct(of('mint').map(({ session }) => session))
  // At client-managed Qlik the sessions of one person share one.
  if (product === 'cloud') expect(holders).toEqual(entered)
  else expect([...holders].filter((session) => !entered.has(session))).toEqual([])
  // Each socket. One whose client gave up in between may have a line too.
  const sockets = distinct(of('socket-open').map(({ requestId }) => requestId))
  for (const id of crowd.flatMap(({ opened }) => opened)) expect(sockets).toContain(id)
  // Who was refused: those who are known by name, the others by count.
  expect(distinct(of('refuse').map(({ requestId }) => requestId))).toEqual(new Set(refused.named))
  const denials = of('denied').reduce((sum, { count: one = 0 }) => sum + one, 0)
  expect(denials).toBe(refused.counted)
}
