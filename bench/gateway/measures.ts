import { opensslSpeed } from '../signing/openssl.ts'
import type { LogInConfig } from './log-in-load.ts'
import { startNginx, startQlikFiles } from './nginx.ts'
import { createPeople, type GatewayPlace, logInAll, type Person, toRequest } from './people.ts'
import { type Running, type RunningServer, startProgram } from './processes.ts'
import { type Rival, startRival } from './rivals.ts'
import type { SocketLoadConfig } from './socket-load.ts'
import { type RunningGateway, type Stage, startGateway } from './stage.ts'
import { type Load, loadByWrk } from './wrk.ts'

/** What one run gave. */
export interface Measurement {
  readonly perSecond: number
  readonly p99Ms?: number
  /** Processor time for one, in microseconds. */
  readonly eachUs?: number
  readonly memoryMB?: number
}

/** Everything is started for one run and has ended after it, so that it is known what others used meanwhile. */
export type Run = (stage: Stage, seconds: number) => Promise<Measurement>

export interface Candidate {
  readonly name: string
  readonly run: Run
}

/** People whose sessions are used in turn. */
const personCount = 50

/** Ends what was started, the last one first. */
async function withServers<Result>(
  run: (
    use: <Server extends { stop(): Promise<void> }>(server: Server) => Server,
  ) => Promise<Result>,
): Promise<Result> {
  const servers: { stop(): Promise<void> }[] = []
  try {
    return await run((server) => {
      servers.push(server)
      return server
    })
  } finally {
    for (const server of servers.reverse()) await server.stop()
  }
}

/** Puts beside what a load gave what it took. */
async function used(server: Running, load: () => Promise<Load>): Promise<Measurement> {
  const before = server.processorMs()
  const { count, perSecond, p99Ms } = await load()
  const eachUs = ((server.processorMs() - before) * 1000) / count
  return { perSecond, p99Ms, eachUs, memoryMB: server.memoryMB() }
}

const path = {
  small: '/api/v1/features',
  json: '/api/v1/items/small.json',
  large: '/api/v1/apps/a1/media/large.bin',
  links: '/api/v1/items/large.json',
} as const

/** A list as Qlik's REST interfaces give it: each entry has its address. */
function listOf(url: string, bytes: number): string {
  const entry = (at: number) => {
    const id = `6${String(at).padStart(23, '0')}`
    const links = { self: { href: `${url}/api/v1/items/${id}` } }
    return { id, name: `Sales ${at}`, resourceType: 'app', description: 'x'.repeat(600), links }
  }
  const data: object[] = []
  for (let size = 0; size < bytes; size += 780) data.push(entry(data.length))
  return JSON.stringify({ data })
}

const filesOf = (url: string): ReadonlyMap<string, string | Buffer> =>
  new Map<string, string | Buffer>([
    [path.small, Buffer.alloc(1000, 'x')],
    [path.json, listOf(url, 780)],
    [path.large, Buffer.alloc(1_000_000, 'x')],
    [path.links, listOf(url, 1_000_000)],
  ])

/** A measurement of HTTP. */
interface Forwarding {
  readonly path: string
  readonly connections: number
}

export const forwardings = {
  small: { path: path.small, connections: 50 },
  json: { path: path.json, connections: 50 },
  large: { path: path.large, connections: 20 },
  links: { path: path.links, connections: 20 },
} as const satisfies Record<string, Forwarding>

/** For those that know nobody: the same requests, with cookies that nobody gave. */
const strangers: readonly Person[] = Array.from({ length: personCount }, (_, at) => ({
  assertion: '',
  address: `10.0.0.${at}`,
}))

/** After less, Node is still compiling: a gateway runs for weeks. */
const warmUpSeconds = 4

async function load(
  { folder }: Stage,
  { path, connections }: Forwarding,
  people: readonly Person[],
  of: { server: Running; cookies: readonly string[]; place: GatewayPlace; seconds: number },
): Promise<Measurement> {
  const { server, cookies, place, seconds } = of
  const requests = people.map(({ address }, at) =>
    toRequest(path, place, cookies[at] ?? '', address),
  )
  const how = { folder, port: place.port, requests, connections }
  await loadByWrk({ ...how, seconds: warmUpSeconds })
  return used(server, () => loadByWrk({ ...how, seconds }))
}

function forwardedBy(
  forwarding: Forwarding,
  start: (stage: Stage, qlikPort: number) => Promise<RunningServer>,
): Run {
  return (stage, seconds) =>
    withServers(async (use) => {
      const qlik = use(await startQlikFiles(stage.folder, filesOf))
      const proxy = use(await start(stage, qlik.port))
      const place = { port: proxy.port, host: `localhost:${proxy.port}` }
      const cookies = strangers.map((_, at) => `__Host-jotgate=${String(at).padStart(43, 'x')}`)
      return load(stage, forwarding, strangers, { server: proxy, cookies, place, seconds })
    })
}

function forwardedByGateway(forwarding: Forwarding): Run {
  return (stage, seconds) =>
    withServers(async (use) => {
      const qlik = use(await startQlikFiles(stage.folder, filesOf))
      const gateway = use(await startGateway(stage, qlik.port))
      const { people, cookies } = await enter(stage, gateway)
      const { place } = gateway
      return load(stage, forwarding, people, { server: gateway, cookies, place, seconds })
    })
}

async function enter(stage: Stage, { place }: RunningGateway, count = personCount) {
  const people = await createPeople(stage.application, `http://${place.host}`, count)
  return { people, cookies: await logInAll(place, people) }
}

const byNginx = (stage: Stage, port: number) => startNginx(stage.folder, port)
const byTunedNginx = (stage: Stage, port: number) =>
  startNginx(stage.folder, port, { largeBuffers: true })
const byRival = (name: Rival) => (stage: Stage, port: number) =>
  startRival(stage.folder, name, port)

export const forwardCandidates = (forwarding: Forwarding) => ({
  nginx: forwardedBy(forwarding, byNginx),
  tunedNginx: forwardedBy(forwarding, byTunedNginx),
  jotgate: forwardedByGateway(forwarding),
  rival: (name: Rival) => forwardedBy(forwarding, byRival(name)),
})

const connections = 100

const toUpgrade = ({ host }: GatewayPlace, cookie: string, address: string) =>
  `GET /app/a1 HTTP/1.1\r\nhost: ${host}\r\norigin: http://${host}\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\ncookie: ${cookie}\r\nx-forwarded-for: ${address}\r\n\r\n`

async function echo(
  server: Running,
  size: number,
  seconds: number,
  config: SocketLoadConfig,
): Promise<Measurement> {
  const clients = await startProgram('socket-load', config)
  try {
    return await used(server, () => clients.ask<Load>({ echo: size, ms: seconds * 1000 }))
  } finally {
    await clients.stop()
  }
}

async function startQlikSockets() {
  const qlik = await startProgram('qlik-sockets', {})
  return { ...qlik, ...(await qlik.ask<{ port: number }>({})) }
}

function echoedBy(
  size: number,
  start: (stage: Stage, qlikPort: number) => Promise<RunningServer>,
): Run {
  return (stage, seconds) =>
    withServers(async (use) => {
      const qlik = use(await startQlikSockets())
      const proxy = use(await start(stage, qlik.port))
      const { port } = proxy
      const request = toUpgrade({ port, host: `localhost:${port}` }, 'a=1', '10.0.0.1')
      const requests = Array.from({ length: connections }, () => request)
      return echo(proxy, size, seconds, { port, requests })
    })
}

function echoedByGateway(size: number): Run {
  return (stage, seconds) =>
    withServers(async (use) => {
      const qlik = use(await startQlikSockets())
      const gateway = use(await startGateway(stage, qlik.port))
      const { place } = gateway
      const { people, cookies } = await enter(stage, gateway)
      const requests = Array.from({ length: connections }, (_, at) => {
        const { address = '' } = people[at % personCount] ?? {}
        return toUpgrade(place, cookies[at % personCount] ?? '', address)
      })
      return echo(gateway, size, seconds, { port: place.port, requests })
    })
}

export const echoCandidates = (size: number) => ({
  nginx: echoedBy(size, byNginx),
  tunedNginx: echoedBy(size, byTunedNginx),
  jotgate: echoedByGateway(size),
  rival: (name: Rival) => echoedBy(size, byRival(name)),
})

/** Assertion → gateway session → Qlik session → first answer. */
export const logIns =
  (bits: number): Run =>
  (stage, seconds) =>
    withServers(async (use) => {
      const qlik = use(await startQlikFiles(stage.folder, filesOf))
      const gateway = use(await startGateway(stage, qlik.port, bits))
      const { place } = gateway
      const config: LogInConfig = {
        place,
        application: stage.application,
        path: path.small,
        first: 300,
        counted: 700 * seconds,
      }
      const clients = use(await startProgram('log-in-load', { ...config, counted: 0 }))
      return used(gateway, () => clients.ask<Load>(config))
    })

export const openssl =
  (bits: number): Run =>
  async (_, seconds) => ({ perSecond: opensslSpeed({ bits, processes: 2, seconds }).sign })

/** What many tunnels take, and how long it takes until all are closed. */
export interface TunnelMeasurement {
  readonly idleBytes: number
  readonly usedBytes: number
  readonly openedPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly lastMs: number
  readonly codes: Readonly<Record<string, number>>
}

/** Opens a tunnel for each of so many people, and ends all of their sessions at once. */
export function measureTunnels(stage: Stage, count: number): Promise<TunnelMeasurement> {
  return withServers(async (use) => {
    const qlik = use(await startQlikSockets())
    const gateway = use(await startGateway(stage, qlik.port))
    const { place } = gateway
    const needed = async () => (await gateway.ask<{ bytes: number }>({ needed: true })).bytes
    // The first ones compile the code.
    const first = 50
    const { people, cookies } = await enter(stage, gateway, first + count)
    const requests = people.map(({ address }, at) => toUpgrade(place, cookies[at] ?? '', address))
    use(
      await startProgram('socket-load', {
        port: place.port,
        requests: requests.slice(0, first),
      } satisfies SocketLoadConfig),
    )
    const before = await needed()
    const openedAt = performance.now()
    const clients = use(
      await startProgram('socket-load', {
        port: place.port,
        requests: requests.slice(first),
      } satisfies SocketLoadConfig),
    )
    const openedPerSecond = count / ((performance.now() - openedAt) / 1000)
    const idle = await needed()
    await clients.ask({ echoOnce: 200 })
    const used = await needed()
    await clients.ask({ watch: true })
    const { orderedAt } = await gateway.ask<{ orderedAt: string }>({ endAll: true })
    const { closedAt, codes } = await clients.ask<{
      closedAt: string[]
      codes: Record<string, number>
    }>({ closes: true })
    const ms = closedAt
      .map((at) => Number(BigInt(at) - BigInt(orderedAt)) / 1e6)
      .sort((a, b) => a - b)
    const at = (part: number) => ms[Math.min(ms.length - 1, Math.floor(ms.length * part))] ?? 0
    return {
      idleBytes: (idle - before) / count,
      usedBytes: (used - before) / count,
      openedPerSecond,
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      lastMs: at(1),
      codes,
    }
  })
}
