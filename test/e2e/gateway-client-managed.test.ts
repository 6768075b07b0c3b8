// Client-managed Qlik at sense.server.localhost through a gateway, below the same prefix or at its root: enigma.js and
// @qlik/api in Node, unmodified, and browsers by hand.
import { once } from 'node:events'
import { createQlikApi } from '@qlik/api'
import enigma from 'enigma.js'
import schema from 'enigma.js/schemas/12.2027.0.json' with { type: 'json' }
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { createServerGatewayStage, type ServerGatewayStage } from './gateway-stage.ts'
import { createVisitor } from './gateway-visitor.ts'
import { adaOfWarner, bjornOfParamount, type Person } from './server-stage.ts'

let stage: ServerGatewayStage
let rootStage: ServerGatewayStage
/** The warnings of the first one's log. */
const logged: unknown[] = []
beforeAll(async () => {
  const destination = { write: (line: string) => void logged.push(JSON.parse(line)) }
  const log = pino({ level: 'warn' }, destination)
  stage = await createServerGatewayStage({ names: 'localhost', gateway: { log } })
  rootStage = await createServerGatewayStage({
    names: 'localhost',
    upstream: { atRoot: true, isolate: true },
  })
})
afterAll(async () => {
  await rootStage?.close()
  await stage?.close()
})

/** Both ways in which Qlik's paths are mapped. */
const mappings = [
  { base: '/jwt', at: () => stage },
  { base: '', at: () => rootStage },
]

const site = () => stage.server.emulators.products['client-managed']
/** What the proxy was asked for. */
const calls = (method: string, path: string) =>
  stage.server.emulators.requests.filter((one) => one.method === method && one.path === path)
const sessionsOf = ({ subject }: Person) =>
  site()
    .state.sessions()
    .filter(({ userId }) => userId === subject)

async function visit(person: Person) {
  const visitor = createVisitor({ ...stage, base: '/jwt' })
  const login = await visitor.logIn(stage.host.assertionFor(person))
  expect(login.status).toBe(200)
  return visitor
}
type Visitor = Awaited<ReturnType<typeof visit>>

/** Opens a web socket of a visitor's, and gathers what Qlik says. */
async function listen({ cookies }: Visitor) {
  const [name, value] = [...cookies][0] ?? []
  const url = `${stage.gatewayUrl.replace('http', 'ws')}/jwt/app/${stage.server.appId}`
  const headers = { cookie: `${name}=${value}`, origin: stage.hostUrl }
  const socket = new WebSocket(url, { headers })
  const said: unknown[] = []
  socket.on('message', (data) => said.push(JSON.parse(String(data))))
  const closed = once(socket, 'close').then(([code]) => code as number)
  const [answer] = await once(socket, 'upgrade')
  return { socket, said, closed, requestId: answer.headers['x-request-id'] }
}

const userOf = async (visitor: Visitor) => (await visitor.ask('/jwt/qps/user')).json()
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

describe('a browser, by hand', () => {
  it('reads hub and repository as its person, without a cookie of Qlik’s, and leaves', async () => {
    const visitor = await visit(adaOfWarner)
    expect(await visitor.session()).toMatchObject({ product: 'client-managed', prefix: 'jwt' })
    expect(await userOf(visitor)).toMatchObject({
      userDirectory: 'ACME',
      userId: 'ada',
      logoutUri: `${stage.gatewayUrl}/.jotgate/logout`,
    })
    const hub = await visitor.ask('/jwt/hub/')
    expect(hub.status).toBe(200)
    expect(await hub.text()).toContain('<html')
    const settings = await visitor.ask('/jwt/qrs/datacollection/settings?xrfkey=0123456789abcdef')
    expect(settings.status).toBe(200)
    for (const closed of ['/jwt/qrs/app', '/jwt/qrs/app/full', '/hub/', '/jwt/qmc/'])
      expect((await visitor.ask(closed)).status, closed).toBe(403)
    expect([...visitor.cookies.keys()]).toEqual(['__Host-jotgate'])
    expect((await visitor.ask('/jwt/qps/user', { method: 'DELETE' })).status).toBe(204)
    expect(await userOf(visitor)).toEqual({ session: 'inactive' })
    expect((await visitor.ask('/jwt/hub/')).status).toBe(401)
  })

  it('is not another person’s, in requests and at the engine', async () => {
    const people = await Promise.all([adaOfWarner, bjornOfParamount].map(visit))
    const sockets = await Promise.all(
      people.map((visitor) => visitor.openSocket(stage.server.appId)),
    )
    const users = await Promise.all(sockets.map((socket) => socket.askUser()))
    expect(users[0]).toContain('ACME\\ada')
    expect(users[1]).toContain('ACME\\bjorn')
    for (const socket of sockets) socket.close()
  })
})

describe('a browser at the root', () => {
  it('has Qlik’s paths there, its own answers too, and nothing beside the prefix', async () => {
    const { host, gatewayUrl, server } = rootStage
    const visitor = createVisitor(rootStage)
    await visitor.logIn(host.assertionFor(adaOfWarner))
    expect(await visitor.session()).not.toHaveProperty('prefix')
    expect(await (await visitor.ask('/qps/user')).json()).toMatchObject({
      userId: 'ada',
      logoutUri: `${gatewayUrl}/.jotgate/logout`,
    })
    const redirected = await visitor.ask('/hub', { redirect: 'manual' })
    expect([redirected.status, redirected.headers.get('location')]).toEqual([302, '/hub/'])
    // Addresses in Qlik's pages have the prefix.
    for (const path of ['/hub/', '/jwt/hub/'])
      expect(await (await visitor.ask(path)).text(), path).toContain('/jwt/assets/')
    for (const closed of ['/qrs/app', '/jwt/qrs/app', '/qmc/', '/jwt/jwt/hub/'])
      expect((await visitor.ask(closed)).status, closed).toBe(403)
    const socket = await visitor.openSocket(server.appId)
    expect(await socket.askUser()).toContain('ACME\\ada')
    expect((await visitor.ask('/qps/user', { method: 'DELETE' })).status).toBe(204)
    expect(await socket.closed).toEqual({ code: 4006, reason: 'signed-out' })
    const paths = server.emulators.requests.map(({ path }) => path)
    expect(paths.filter((path) => !path.startsWith('/jwt/'))).toEqual([])
  })
})

describe('one person in six browsers', () => {
  const clara: Person = { subject: 'clara', name: 'Clara', groups: ['studio-warner'] }
  it('is one Qlik session; when one signs out, the other five work on', async () => {
    const visitors = await Promise.all(Array.from({ length: 6 }, () => visit(clara)))
    const sockets = await Promise.all(
      visitors.map((visitor) => visitor.openSocket(stage.server.appId)),
    )
    for (const socket of sockets) expect(await socket.askUser()).toContain('ACME\\clara')
    expect(sessionsOf(clara)).toHaveLength(1)
    const [first, ...others] = visitors
    const [closed, ...open] = sockets
    expect((await first?.ask('/jwt/qps/user', { method: 'DELETE' }))?.status).toBe(204)
    expect(await closed?.closed).toEqual({ code: 4006, reason: 'signed-out' })
    for (const socket of open) expect(await socket.askUser()).toContain('ACME\\clara')
    for (const visitor of others) {
      expect(await userOf(visitor)).toMatchObject({ userId: 'clara' })
      expect((await visitor.ask('/jwt/hub/')).status).toBe(200)
    }
    expect(sessionsOf(clara)).toHaveLength(1)
    for (const socket of open) socket.close()
  })

  it('leaves the sessions that they have elsewhere alone, and comes back to its own', async () => {
    const dan: Person = { ...clara, subject: 'dan' }
    const token = await stage.server.tokenFor(dan)
    const elsewhere = await fetch(`${stage.server.url}/jwt/hub/`, { headers: bearer(token) })
    const [cookie = ''] = elsewhere.headers.getSetCookie().map((line) => line.split(';')[0] ?? '')
    // More often than a person may have sessions at once.
    for (let time = 0; time < 7; time += 1) {
      const visitor = await visit(dan)
      expect((await visitor.ask('/jwt/hub/')).status).toBe(200)
      const socket = await visitor.openSocket(stage.server.appId)
      expect(await socket.askUser()).toContain('ACME\\dan')
      socket.close()
      await visitor.ask('/jwt/qps/user', { method: 'DELETE' })
    }
    expect(sessionsOf(dan)).toHaveLength(2)
    expect(calls('DELETE', '/jwt/qps/user')).toEqual([])
    const still = await fetch(`${stage.server.url}/jwt/hub/`, { headers: { cookie } })
    expect(still.status).toBe(200)
  })
})

describe('a web socket', () => {
  it('has its pings answered here, and names the gateway’s log-out', async () => {
    site().switches.set({ webSocketPing: 'hangs' })
    onTestFinished(() => void site().switches.set({ webSocketPing: 'swallowed' }))
    const { socket, said } = await listen(await visit(adaOfWarner))
    socket.ping('there')
    expect(String((await once(socket, 'pong'))[0])).toBe('there')
    const call = { jsonrpc: '2.0', id: 1, method: 'EngineVersion', handle: -1, params: [] }
    socket.send(JSON.stringify(call))
    await expect.poll(() => JSON.stringify(said)).toContain('qComponentVersion')
    expect(said[0]).toMatchObject({
      method: 'OnAuthenticationInformation',
      params: { userId: 'ada', logoutUri: `${stage.gatewayUrl}/.jotgate/logout` },
    })
    expect(JSON.stringify(said)).not.toContain(new URL(stage.server.url).port)
    socket.close()
  })
})

describe('a Qlik session that has ended meanwhile', () => {
  it('is replaced for a request, and for a web socket as its first', async () => {
    const visitor = await visit(adaOfWarner)
    expect((await visitor.ask('/jwt/hub/')).status).toBe(200)
    site().state.endSessionsOf({ userDirectory: 'ACME', userId: 'ada' })
    const socket = await visitor.openSocket(stage.server.appId)
    expect(await socket.askUser()).toContain('ACME\\ada')
    socket.close()
  })
})

describe('one person, at most five Qlik sessions', () => {
  /** Opens so many elsewhere, without the gateway. */
  async function enterElsewhere(person: Person, count: number) {
    for (let time = 0; time < count; time += 1) {
      const headers = bearer(await stage.server.tokenFor(person))
      const answer = await fetch(`${stage.server.url}/jwt/hub/`, { headers })
      expect(answer.status).toBe(200)
    }
  }

  it('signs once for a hundred page loads at once, from six browsers', async () => {
    const fay: Person = { subject: 'fay', name: 'Fay', groups: ['studio-warner'] }
    const visitors = await Promise.all(Array.from({ length: 6 }, () => visit(fay)))
    const before = stage.server.emulators.requests.length
    const loads = Array.from({ length: 100 }, (_, at) => visitors[at % 6]?.ask('/jwt/hub/'))
    const statuses = (await Promise.all(loads)).map((answer) => answer?.status)
    expect(new Set(statuses)).toEqual(new Set([200]))
    const seen = stage.server.emulators.requests.slice(before)
    expect(seen.filter(({ path }) => path === '/jwt/hub/')).toHaveLength(100)
    expect(seen.filter(({ token }) => token !== undefined)).toHaveLength(1)
    expect(sessionsOf(fay)).toHaveLength(1)
  })

  it('is the fifth beside four elsewhere', async () => {
    const gil: Person = { subject: 'gil', name: 'Gil', groups: ['studio-warner'] }
    await enterElsewhere(gil, 4)
    const [first, second] = await Promise.all([visit(gil), visit(gil)])
    for (const visitor of [first, second]) {
      const socket = await visitor.openSocket(stage.server.appId)
      expect(await socket.askUser()).toContain('ACME\\gil')
      socket.close()
    }
    expect(sessionsOf(gil)).toHaveLength(5)
  })

  it('beside five elsewhere, is told by Qlik why its web sockets close, and the log tells it', async () => {
    const hal: Person = { subject: 'hal', name: 'Hal', groups: ['studio-warner'] }
    await enterElsewhere(hal, 5)
    const visitor = await visit(hal)
    expect((await visitor.ask('/jwt/hub/')).status).toBe(200)
    const { said, closed, requestId } = await listen(visitor)
    expect(await closed).toBe(1000)
    expect(said.at(-1)).toMatchObject({
      method: 'OnMaxParallelSessionsExceeded',
      params: { severity: 'fatal', message: expect.stringContaining('too many') },
    })
    const notification = 'OnMaxParallelSessionsExceeded'
    expect(logged).toContainEqual(
      expect.objectContaining({
        requestId,
        notification,
        msg: expect.stringContaining(`jotgate explain ${notification}`),
      }),
    )
  })
})

describe('two browsers of one person', () => {
  it.each([
    { base: '/jwt', at: () => stage, travel: 'travel', other: ['Major Genre'] },
    { base: '', at: () => rootStage, travel: 'do not travel with `isolate`', other: [] },
  ])('have selections that $travel', async ({ base, at, other }) => {
    const { gatewayUrl, hostUrl, host, server } = at()
    const docs = await Promise.all(
      [1, 2].map(async () => {
        const visitor = createVisitor({ gatewayUrl, hostUrl })
        await visitor.logIn(host.assertionFor({ ...adaOfWarner, subject: 'eve' }))
        const [name, value] = [...visitor.cookies][0] ?? []
        const headers = { cookie: `${name}=${value}`, origin: hostUrl }
        const session = enigma.create({
          schema,
          url: `${gatewayUrl.replace('http', 'ws')}${base}/app/${server.appId}`,
          createSocket: (url) => new WebSocket(url, { headers }) as never,
        })
        onTestFinished(async () => void (await session.close()))
        return ((await session.open()) as unknown as EngineGlobal).openDoc(server.appId)
      }),
    )
    const field = await docs[0]?.getField('Major Genre')
    expect(await field?.selectValues([{ qText: 'Comedy' }], false, false)).toBe(true)
    const selected = await Promise.all(
      docs.map(async (doc) => {
        const definition = { qInfo: { qType: 'test' }, qSelectionObjectDef: {} }
        const object = await doc.createSessionObject(definition)
        const { qSelections } = (await object.getLayout()).qSelectionObject
        return qSelections.map(({ qField }) => qField)
      }),
    )
    expect(selected).toEqual([['Major Genre'], other])
  })
})

interface EngineGlobal {
  getDocList(): Promise<{ qDocId: string }[]>
  openDoc(appId: string): Promise<EngineDoc>
  getAuthenticatedUser(): Promise<string>
}
interface EngineDoc {
  getAppLayout(): Promise<{ qTitle: string }>
  getField(name: string): Promise<{
    selectValues(values: unknown, toggle: boolean, soft: boolean): Promise<boolean>
  }>
  createSessionObject(properties: unknown): Promise<{
    getLayout(): Promise<{ qSelectionObject: { qSelections: { qField: string }[] } }>
    exportData(type: string, path: string, name: string): Promise<{ qUrl: string }>
  }>
}

describe.each(mappings)('enigma.js, with “$base” before Qlik’s paths', ({ base, at }) => {
  it('opens an app the way of its own example, with an assertion in place of Qlik’s token', async () => {
    const { gatewayUrl, host, server } = at()
    const headers = bearer(host.assertionFor(bjornOfParamount))
    const csrf = await fetch(`${gatewayUrl}${base}/qps/csrftoken`, { headers })
    expect(csrf.status).toBe(204)
    const query = `qlik-csrf-token=${csrf.headers.get('qlik-csrf-token')}`
    const session = enigma.create({
      schema,
      url: `${gatewayUrl.replace('http', 'ws')}${base}/app/${server.appId}?${query}`,
      createSocket: (url) => new WebSocket(url, { headers }) as never,
      suspendOnClose: true,
    })
    const global = (await session.open()) as unknown as EngineGlobal
    expect(await global.getAuthenticatedUser()).toContain('bjorn')
    const app = await global.openDoc(server.appId)
    expect((await app.getAppLayout()).qTitle).toBe('Movies')
    await session.suspend()
    await session.resume()
    expect((await app.getAppLayout()).qTitle).toBe('Movies')
    await session.close()
  })

  it('exports the rows of its person, who alone may fetch the file', async () => {
    const { gatewayUrl, host, server } = at()
    const headers = bearer(host.assertionFor(bjornOfParamount))
    const csrf = await fetch(`${gatewayUrl}${base}/qps/csrftoken`, { headers })
    const query = `qlik-csrf-token=${csrf.headers.get('qlik-csrf-token')}`
    const session = enigma.create({
      schema,
      url: `${gatewayUrl.replace('http', 'ws')}${base}/app/${server.appId}?${query}`,
      createSocket: (url) => new WebSocket(url, { headers }) as never,
    })
    const global = (await session.open()) as unknown as EngineGlobal
    const app = await global.openDoc(server.appId)
    const table = await app.createSessionObject({
      qInfo: { qType: 'table' },
      qHyperCubeDef: {
        qDimensions: [{ qDef: { qFieldDefs: ['Distributor'] } }],
        qMeasures: [{ qDef: { qDef: 'Count(Title)' } }],
      },
    })
    const { qUrl } = await table.exportData('CSV_C', '/qHyperCubeDef', 'films')
    const file = await fetch(`${gatewayUrl}${base}${qUrl}`, { headers })
    expect(file.status).toBe(200)
    expect(file.headers.get('content-disposition')).toContain('films.csv')
    const [, ...rows] = (await file.text()).trim().split('\r\n')
    expect(rows).toEqual([expect.stringMatching(/^Paramount Pictures,\d+$/)])
    const others = { headers: bearer(host.assertionFor(adaOfWarner)) }
    expect((await fetch(`${gatewayUrl}${base}${qUrl}`, others)).status).toBe(404)
    await session.close()
  })
})

describe.each(mappings)('@qlik/api, with “$base” before Qlik’s paths', ({ base, at }) => {
  it('opens an app by Bearer', async () => {
    const { gatewayUrl, host, server } = at()
    const api = createQlikApi({
      hostConfig: {
        authType: 'apikey',
        apiKey: host.assertionFor(bjornOfParamount),
        host: `${gatewayUrl}${base}`,
      },
    })
    const session = api.qix.openAppSession({ appId: server.appId, autoResume: false })
    const app = await session.getDoc()
    expect((await app.getAppLayout()).qTitle).toBe('Movies')
    await session.close()
  })
})
