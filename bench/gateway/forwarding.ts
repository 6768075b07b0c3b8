// HTTP: the same requests to all, over connections that stay.
import { type Candidate, startTogether, used } from './contender.ts'
import { startNginx, startQlikFiles } from './nginx.ts'
import { createPeople, type GatewayPlace, logInAll, type Person, toRequest } from './people.ts'
import type { Running, RunningServer } from './processes.ts'
import { type Rival, startRival } from './rivals.ts'
import { type GatewayKind, type RunningGateway, type Stage, startGateway } from './stage.ts'
import { loadByWrk } from './wrk.ts'

/** Of Qlik Cloud; client-managed Qlik has them below its prefix. */
export const paths = {
  small: '/api/v1/features',
  json: '/api/v1/items/small.json',
  large: '/api/v1/apps/a1/media/large.bin',
  links: '/api/v1/items/large.json',
  managedSmall: '/jwt/api/v1/features',
  managedLarge: '/jwt/tempcontent/large.bin',
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

export const filesOf = (url: string): ReadonlyMap<string, string | Buffer> =>
  new Map<string, string | Buffer>([
    [paths.small, Buffer.alloc(1000, 'x')],
    [paths.managedSmall, Buffer.alloc(1000, 'x')],
    [paths.json, listOf(url, 780)],
    [paths.large, Buffer.alloc(1_000_000, 'x')],
    [paths.managedLarge, Buffer.alloc(1_000_000, 'x')],
    [paths.links, listOf(url, 1_000_000)],
  ])

export interface Forwarding {
  readonly path: string
  readonly connections: number
  /** How many requests are answered before it counts. */
  readonly first: number
}

const short = { connections: 50, first: 150_000 }
const long = { connections: 20, first: 2000 }

export const forwardings = {
  small: { path: paths.small, ...short },
  json: { path: paths.json, ...short },
  large: { path: paths.large, ...long },
  links: { path: paths.links, ...long, first: 500 },
  managedSmall: { path: paths.managedSmall, ...short },
  managedLarge: { path: paths.managedLarge, ...long },
} as const satisfies Record<string, Forwarding>

/** People whose sessions are used in turn. */
export const personCount = 50

/** For those that know nobody: the same requests, with cookies that nobody gave. */
const strangers: readonly Person[] = Array.from({ length: personCount }, (_, at) => ({
  assertion: '',
  address: `10.0.0.${at}`,
}))

function contend(
  { folder }: Stage,
  { path, connections, first }: Forwarding,
  people: readonly Person[],
  of: { server: Running; cookies: readonly string[]; place: GatewayPlace },
) {
  const { server, cookies, place } = of
  const requests = people.map(({ address }, at) =>
    toRequest(path, place, cookies[at] ?? '', address),
  )
  const load = (seconds: number) => loadByWrk({ folder, place, requests, connections, seconds })
  return {
    async warmUp() {
      for (let count = 0; count < first; ) count += (await load(1)).count
    },
    measure: (seconds: number) => used(server, () => load(seconds)),
  }
}

export async function enter(stage: Stage, { place }: RunningGateway, count = personCount) {
  const people = await createPeople(stage.application, place, count)
  return { people, cookies: await logInAll(place, people) }
}

const proxied = (
  name: string,
  forwarding: Forwarding,
  startProxy: (stage: Stage, qlikPort: number) => Promise<RunningServer>,
  certificate?: (stage: Stage) => string,
): Candidate => ({
  name,
  start: (stage) =>
    startTogether(async (use) => {
      const qlik = use(await startQlikFiles(stage.folder, filesOf))
      const server = use(await startProxy(stage, qlik.port))
      const { port } = server
      const place = { port, host: `localhost:${port}`, certificate: certificate?.(stage) }
      const cookies = strangers.map((_, at) => `__Host-jotgate=${String(at).padStart(43, 'x')}`)
      return contend(stage, forwarding, strangers, { server, cookies, place })
    }),
})

export const forwardCandidates = (forwarding: Forwarding, kind: GatewayKind = {}) => ({
  nginx: proxied('nginx', forwarding, ({ folder }, port) => startNginx(folder, port)),
  tunedNginx: proxied('nginx, 64 kB buffers', forwarding, ({ folder }, port) =>
    startNginx(folder, port, { largeBuffers: true }),
  ),
  secureNginx: proxied(
    'nginx',
    forwarding,
    ({ folder, tls }, port) => startNginx(folder, port, { tls }),
    ({ tls }) => tls.certificate,
  ),
  jotgate: {
    name: 'jotgate',
    start: (stage) =>
      startTogether(async (use) => {
        const qlik = use(await startQlikFiles(stage.folder, filesOf))
        const gateway = use(await startGateway(stage, qlik.port, kind))
        const { people, cookies } = await enter(stage, gateway)
        const { place } = gateway
        return contend(stage, forwarding, people, { server: gateway, cookies, place })
      }),
  } satisfies Candidate,
  rival: (name: Rival) =>
    proxied(name, forwarding, ({ folder }, port) => startRival(folder, name, port)),
})
