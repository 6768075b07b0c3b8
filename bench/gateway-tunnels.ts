/**
 * What an open web socket costs the gateway, and how long a revocation takes: 5,000 tunnels of as many sessions,
 * all revoked at once. Run it: `node --expose-gc bench/gateway-tunnels.ts`; `--tunnels 500` for fewer. It fails when
 * a tunnel takes more than 25 kB, or the 99th of 100 sockets more than a second to close.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { readRequest } from '../packages/jotgate/src/gateway/server/read-request.ts'
import type { GatewaySession } from '../packages/jotgate/src/gateway/session/gateway-session.ts'
import { createTunnels } from '../packages/jotgate/src/gateway/websocket/tunnels.ts'
import { createTransport } from '../packages/jotgate/src/qlik/index.ts'
import { cloud } from '../packages/jotgate/src/token/public.ts'

const { values } = parseArgs({ options: { tunnels: { type: 'string', default: '5000' } } })
const tunnelCount = Number(values.tunnels)
const maxTunnelBytes = 25_000
const maxMs = 1000

const peers = fork(fileURLToPath(new URL('gateway-tunnels-peers.ts', import.meta.url)))
const ask = async (question: object) => {
  peers.send(question)
  const [answer] = await once(peers, 'message')
  return answer
}
const { port: qlikPort } = await ask({ listen: true })

const closes: number[] = []
const sessions: AbortController[] = []
const tunnels = createTunnels({
  deployment: cloud({ url: `http://localhost:${qlikPort}`, issuer: 'acme.example' }),
  transport: await createTransport({}),
  sessions: { use: () => undefined },
  audit: { record: async () => undefined },
  onEvent: ({ ms }) => closes.push(ms),
})

const server = createServer()
server.on('upgrade', (incoming, socket, head) => {
  const request = readRequest(incoming, {
    site: { host: `localhost:${port}`, publicUrl: `http://localhost:${port}` },
    kind: 'upgrade',
  })
  const controller = new AbortController()
  sessions.push(controller)
  const subject = String(sessions.length)
  const session: GatewaySession = {
    id: subject,
    holder: 'browser',
    user: { subject },
    identity: { source: 'callback', subject },
    openedAt: 0,
    ended: controller.signal,
  }
  tunnels
    .open(request, socket, head, {
      outcome: 'forward',
      route: { access: 'session', pattern: '/app/{appId}', rewrites: false },
      session,
      target: request.path,
      headers: [['cookie', 'eas.sid=s1']],
    })
    .catch((error) => {
      throw error
    })
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo

/** What is needed: a collection of this kind also gives pages back that hold nothing. */
const memory = async () => {
  const collect = globalThis.gc as ((options: object) => void) | undefined
  if (collect === undefined) throw new Error('Run it with --expose-gc')
  for (let time = 0; time < 4; time += 1) {
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
    await wait(100)
  }
  return process.memoryUsage()
}

// The first ones compile the code.
await ask({ open: 50, port })
const before = await memory()
const openedAt = performance.now()
await ask({ open: tunnelCount - 50, port })
const openMs = performance.now() - openedAt
const idle = await memory()
await ask({ echo: 200 })
const used = await memory()
const each = (after: NodeJS.MemoryUsage) => (after.rss - before.rss) / (tunnelCount - 50)
const heapEach = (used.heapUsed - before.heapUsed) / (tunnelCount - 50)

console.log(
  `${tunnels.count} tunnels opened, ${(tunnelCount / (openMs / 1000)).toFixed(0)} a second`,
)
console.log(
  `memory of each: ${kB(each(idle))} kB idle, ${kB(each(used))} kB after a message of 200 B`,
)
console.log(`of which on the heap of JavaScript: ${kB(heapEach)} kB`)

const orderedAt = performance.now()
for (const session of sessions) session.abort('revoked')
const orderMs = performance.now() - orderedAt
while (tunnels.count > 0) await wait(5)
const lastMs = performance.now() - orderedAt
closes.sort((a, b) => a - b)
const at = (part: number) =>
  closes[Math.min(closes.length - 1, Math.floor(closes.length * part))] ?? 0
console.log(
  `revoked: order given in ${orderMs.toFixed(0)} ms; closed p50 ${at(0.5).toFixed(0)} ms, p99 ${at(0.99).toFixed(0)} ms, last ${lastMs.toFixed(0)} ms after the order`,
)
const { closed } = await ask({ closes: true })
console.log(`close codes that clients saw: ${JSON.stringify(closed)}`)
peers.disconnect()
server.close()
await tunnels.close()
if (each(used) > maxTunnelBytes || at(0.99) > maxMs) process.exitCode = 1

function kB(bytes: number): string {
  return (bytes / 1000).toFixed(1)
}
