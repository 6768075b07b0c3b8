// Web sockets: what a client sends comes back, and it sends again.
import { type Candidate, startTogether, used } from './contender.ts'
import { enter, personCount } from './forwarding.ts'
import { startNginx } from './nginx.ts'
import type { GatewayPlace } from './people.ts'
import { type Running, type RunningServer, startProgram } from './processes.ts'
import { type Rival, startRival } from './rivals.ts'
import type { SocketLoadConfig } from './socket-load.ts'
import { type GatewayKind, type Stage, startGateway } from './stage.ts'
import type { Load } from './wrk.ts'

const connections = 100

/** How many messages have come back before it counts. */
const firstOf = (size: number) => (size < 4096 ? 100_000 : 10_000)

export const toUpgrade = (
  { host }: GatewayPlace,
  cookie: string,
  address: string,
  prefix = '',
): string =>
  `GET ${prefix}/app/a1 HTTP/1.1\r\nhost: ${host}\r\norigin: http://${host}\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\ncookie: ${cookie}\r\nx-forwarded-for: ${address}\r\n\r\n`

export async function startQlikSockets() {
  const qlik = await startProgram('qlik-sockets', {})
  return { ...qlik, ...(await qlik.ask<{ port: number }>({})) }
}

async function contend(server: Running, size: number, config: SocketLoadConfig) {
  const clients = await startProgram('socket-load', config)
  const load = (first: number, ms: number) => clients.ask<Load>({ echo: size, first, ms })
  return {
    clients,
    warmUp: () => load(firstOf(size), 100),
    measure: (seconds: number) => used(server, () => load(connections, seconds * 1000)),
  }
}

const proxied = (
  name: string,
  size: number,
  startProxy: (stage: Stage, qlikPort: number) => Promise<RunningServer>,
): Candidate => ({
  name,
  start: (stage) =>
    startTogether(async (use) => {
      const qlik = use(await startQlikSockets())
      const proxy = use(await startProxy(stage, qlik.port))
      const { port } = proxy
      const request = toUpgrade({ port, host: `localhost:${port}` }, 'a=1', '10.0.0.1')
      const requests = Array.from({ length: connections }, () => request)
      const { clients, ...contender } = await contend(proxy, size, { port, requests })
      use(clients)
      return contender
    }),
})

export const echoCandidates = (size: number, kind: GatewayKind = {}) => ({
  nginx: proxied('nginx', size, ({ folder }, port) => startNginx(folder, port)),
  tunedNginx: proxied('nginx, 64 kB buffers', size, ({ folder }, port) =>
    startNginx(folder, port, { largeBuffers: true }),
  ),
  jotgate: {
    name: 'jotgate',
    start: (stage) =>
      startTogether(async (use) => {
        const qlik = use(await startQlikSockets())
        const gateway = use(await startGateway(stage, qlik.port, kind))
        const { place } = gateway
        const { people, cookies } = await enter(stage, gateway)
        const requests = Array.from({ length: connections }, (_, at) => {
          const { address = '' } = people[at % personCount] ?? {}
          const prefix = kind.product === 'client-managed' ? '/jwt' : ''
          return toUpgrade(place, cookies[at % personCount] ?? '', address, prefix)
        })
        const config = { port: place.port, requests }
        const { clients, ...contender } = await contend(gateway, size, config)
        use(clients)
        return contender
      }),
  } satisfies Candidate,
  rival: (name: Rival) => proxied(name, size, ({ folder }, port) => startRival(folder, name, port)),
})
