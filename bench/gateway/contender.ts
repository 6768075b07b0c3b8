import type { Running } from './processes.ts'
import type { Stage } from './stage.ts'
import type { Load } from './wrk.ts'

/** What one run gave. */
export interface Measurement {
  readonly perSecond: number
  readonly p99Ms?: number
  /** Processor time for one, in microseconds. */
  readonly eachUs?: number
  readonly memoryMB?: number
}

/** One of those that are compared, which runs until all rounds are over. */
export interface Contender {
  /** Until it is as fast as it becomes: Node compiles for as many requests, not for as long. */
  warmUp(): Promise<unknown>
  measure(seconds: number): Promise<Measurement>
  stop(): Promise<void>
}

export interface Candidate {
  readonly name: string
  start(stage: Stage): Promise<Contender>
}

type Use = <Server extends { stop(): Promise<void> }>(server: Server) => Server

function collect() {
  const servers: { stop(): Promise<void> }[] = []
  const use: Use = (server) => {
    servers.push(server)
    return server
  }
  const stop = async () => {
    for (const server of servers.splice(0).reverse()) await server.stop()
  }
  return { use, stop }
}

/** Ends what `start` has started, the last one first, with the contender, or when it cannot be made. */
export async function startTogether(
  start: (use: Use) => Promise<Omit<Contender, 'stop'>>,
): Promise<Contender> {
  const { use, stop } = collect()
  try {
    return { ...(await start(use)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Ends what `run` has started when it is over. */
export async function withServers<Result>(run: (use: Use) => Promise<Result>): Promise<Result> {
  const { use, stop } = collect()
  try {
    return await run(use)
  } finally {
    await stop()
  }
}

/** Puts beside what a load gave what it took. */
export async function used(server: Running, load: () => Promise<Load>): Promise<Measurement> {
  const before = server.processorMs()
  const { count, perSecond, p99Ms } = await load()
  const eachUs = ((server.processorMs() - before) * 1000) / count
  return { perSecond, p99Ms, eachUs, memoryMB: server.memoryMB() }
}
