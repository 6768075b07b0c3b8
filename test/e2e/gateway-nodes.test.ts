// Two upstream nodes, one killed under load: sockets resume, GET and HEAD are repeated, others are answered 503 with
// Retry-After, and nobody sees another's data. The killed node is frozen first, so that it has requests of each kind
// that it has not answered; the gateway's client says when it has sent them.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import enigma from 'enigma.js'
import schema from 'enigma.js/schemas/12.2027.0.json' with { type: 'json' }
import { expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { createVisitor, type Visitor } from './gateway-visitor.ts'
import { createNodeStage, type NodeStage, type SessionsOfNodes } from './node-stage.ts'

const scale = Number(process.env.JOTGATE_TEST_SCALE ?? 1)
/** Of each kind; 20 in `npm run test:long`. */
const kills = Math.max(1, Math.round(scale))
const people = 8
const write = '/jwt/api/v1/narratives/actions/generate'

interface EngineGlobal {
  openDoc(appId: string): Promise<{ getAppLayout(): Promise<{ qTitle: string }> }>
  getAuthenticatedUser(): Promise<string>
}

it.each<SessionsOfNodes>(['own', 'shared'])(
  `G-F4 one of two nodes is killed under load ${kills} times, where each knows sessions: %s`,
  async (sessionsOfNodes) => {
    for (let kill = 0; kill < kills; kill += 1) {
      const stage = await createNodeStage(sessionsOfNodes)
      try {
        await killOne(stage)
      } finally {
        await stage.close()
      }
    }
  },
)

async function killOne(stage: NodeStage): Promise<void> {
  const { nodes, gateway, signings } = stage
  const [gone, left] = nodes
  const subjects = Array.from({ length: people }, (_, at) => `p-${at}`)
  // One after the other, so that it is known who is where: they take turns.
  const persons: Awaited<ReturnType<typeof enter>>[] = []
  for (const subject of subjects) persons.push(await enter(stage, subject))
  const atGone = persons.filter((_, at) => at % 2 === 0)
  const atLeft = persons.filter((_, at) => at % 2 === 1)
  expect(gateway.health().nodes).toEqual([
    { url: gone.url, isUp: true, sessions: people / 2 },
    { url: left.url, isUp: true, sessions: people / 2 },
  ])
  expect(signings()).toBe(people)

  let isOver = false
  const load = persons.map(async ({ visitor, subject }) => {
    let answers = 0
    while (!isOver) {
      expect(await readerOf(visitor)).toBe(subject)
      answers += 1
    }
    return answers
  })

  gone.freeze()
  const sent = countSent(gone.url, `POST ${write}`, 2 * atGone.length)
  const asked = persons.map(async ({ visitor, subject }) => {
    const [read, head, ...writes] = await Promise.all([
      readerOf(visitor),
      visitor.ask('/jwt/hub/', { method: 'HEAD' }),
      ...[1, 2].map((body) => visitor.ask(write, { method: 'POST', body: `{"body":${body}}` })),
    ])
    expect(read).toBe(subject)
    expect(head.status).toBe(200)
    return Promise.all(writes.map(summaryOf))
  })
  // Those of the other node go on meanwhile.
  const answeredAtLeft = await Promise.all(asked.filter((_, at) => at % 2 === 1))
  await sent
  await gone.kill()

  const refused = { status: 503, retryAfter: '1', code: 'ERR_GATEWAY_NODE_GONE' }
  const answeredAtGone = await Promise.all(asked.filter((_, at) => at % 2 === 0))
  expect(answeredAtGone).toEqual(atGone.map(() => [refused, refused]))
  // Qlik's own answer: the emulator has nothing at this path.
  const ofQlik = { status: 404, retryAfter: null, code: undefined }
  expect(answeredAtLeft).toEqual(atLeft.map(() => [ofQlik, ofQlik]))

  const closings = await Promise.all(atGone.map(({ suspended }) => suspended))
  expect(closings.map(({ code }) => code)).toEqual(atGone.map(() => 4003))
  await Promise.all(atGone.map(({ resume }) => resume()))
  for (const { askUser, subject } of persons) expect(await askUser()).toContain(`ACME\\${subject}`)
  expect(atLeft.map(({ isSuspended }) => isSuspended())).toEqual(atLeft.map(() => false))

  isOver = true
  for (const answers of await Promise.all(load)) expect(answers).toBeGreaterThan(0)
  // One login for everything that each of them had asked at once.
  expect(signings()).toBe(people + atGone.length)
  expect(gateway.health().nodes).toMatchObject([
    { url: gone.url, isUp: false, sessions: 0 },
    { url: left.url, isUp: true, sessions: people },
  ])
  for (const { visitor, subject, close } of persons) {
    expect(await summaryOf(await visitor.ask(write, { method: 'POST', body: '{}' }))).toEqual(
      ofQlik,
    )
    expect(await readerOf(visitor)).toBe(subject)
    await close()
  }
}

/** Somebody with a page open, and an app in it. */
async function enter(stage: NodeStage, subject: string) {
  const { gatewayUrl, hostUrl, host, appId } = stage
  const visitor = createVisitor({ ...stage, base: '/jwt' })
  const login = await visitor.logIn(host.assertionFor({ subject, groups: ['studio-warner'] }))
  expect(login.status).toBe(200)
  const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const session = enigma.create({
    schema,
    url: `${gatewayUrl.replace('http', 'ws')}/jwt/app/${appId}`,
    createSocket: (url) => new WebSocket(url, { headers: { cookie, origin: hostUrl } }) as never,
    suspendOnClose: true,
  })
  let isSuspended = false
  const suspended = new Promise<{ code: number }>((resolve) =>
    session.on('suspended', (closing: { code: number }) => {
      isSuspended = true
      resolve(closing)
    }),
  )
  const global = (await session.open()) as unknown as EngineGlobal
  const app = await global.openDoc(appId)
  return {
    visitor,
    subject,
    suspended,
    isSuspended: () => isSuspended,
    resume: () => session.resume(),
    async askUser() {
      expect((await app.getAppLayout()).qTitle).toBe('Movies')
      return global.getAuthenticatedUser()
    },
    close: () => session.close(),
  }
}

/** Whom the hub greets. */
async function readerOf(visitor: Visitor): Promise<string | undefined> {
  const answer = await visitor.ask('/jwt/hub/')
  const page = await answer.text()
  expect(answer.status, page.slice(0, 300)).toBe(200)
  return /"directory":"ACME","id":"([^"]*)"/.exec(page)?.[1]
}

async function summaryOf(answer: Response) {
  const text = await answer.text()
  const isProblem = answer.headers.get('content-type') === 'application/problem+json'
  const { code } = isProblem ? (JSON.parse(text) as { code?: string }) : {}
  return { status: answer.status, retryAfter: answer.headers.get('retry-after'), code }
}

/** Resolves when so many requests of a kind have gone to an origin, as undici tells it. */
function countSent(origin: string, kind: string, count: number): Promise<void> {
  const channel = 'undici:client:sendHeaders'
  let sent = 0
  return new Promise((resolve) => {
    const listener = (message: unknown) => {
      const { request } = message as { request: { origin: string; method: string; path: string } }
      const [path] = request.path.split('?')
      if (request.origin !== origin || `${request.method} ${path}` !== kind) return
      sent += 1
      if (sent === count) resolve()
    }
    subscribe(channel, listener)
    onTestFinished(() => void unsubscribe(channel, listener))
  })
}
