// Many open web sockets of as many people, whose sessions are ended at once.
import { withServers } from './contender.ts'
import { startQlikSockets, toUpgrade } from './echoing.ts'
import { enter } from './forwarding.ts'
import { startProgram } from './processes.ts'
import type { SocketLoadConfig } from './socket-load.ts'
import { type Stage, startGateway } from './stage.ts'

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
