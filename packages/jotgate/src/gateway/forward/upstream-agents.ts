import type { Dispatcher } from 'undici'
import { gatewayErrors } from '../errors.ts'

/** How many connections to Qlik there may be, and how long one waits. */
export interface AgentLimits {
  /** Connections of one Qlik session for HTTP. Default 6, as browsers have it. */
  readonly perSession?: number
  /** All together; an idle one is closed for a new one. Default 2000. */
  readonly total?: number
  /** Closes a connection that has been idle for so long. Default 10000. */
  readonly idleMs?: number
  /** Gives up when none becomes free. Default 5000. */
  readonly waitMs?: number
}

/** One connection, for one request at a time. */
export interface UpstreamConnection {
  readonly dispatcher: Dispatcher
  /** Where it leads. */
  readonly node: string
  /** Whether it has carried a request before: then Qlik may have closed it in the meantime. */
  readonly isReused: boolean
  /** Gives it back; `broken` when a request on it failed, or its answer was not read to its end. */
  release(state: 'whole' | 'broken'): void
}

/** The connections to Qlik: each belongs to one Qlik session, and no other ever gets it. */
export interface UpstreamAgents {
  /**
   * Gives a connection of this owner: the ID of a Qlik session, or the name that all static files of a node have.
   *
   * @param node where the owner is, always the same one
   * @returns undefined when none is free, or others wait already
   */
  take(owner: string, node: string): UpstreamConnection | undefined
  /**
   * Waits for one.
   *
   * @throws ERR_GATEWAY_BUSY (503) when none becomes free in time; what `signal` aborts with
   */
  wait(owner: string, node: string, signal: AbortSignal): Promise<UpstreamConnection>
  /** The owner's session has ended: closes what is idle, and the rest when it is given back. */
  drop(owner: string): void
  /** Those that are open. */
  readonly size: number
  close(): Promise<void>
}

interface Owner {
  readonly name: string
  readonly node: string
  /** In use. */
  active: number
  readonly idle: Connection[]
  readonly waiting: Waiter[]
  isDropped: boolean
}

interface Connection {
  readonly dispatcher: Dispatcher
  readonly owner: Owner
  uses: number
  idleSince: number
}

interface Waiter {
  readonly owner: Owner
  readonly give: (connection: UpstreamConnection) => void
}

/**
 * Keeps the connections to Qlik apart by owner: an answer that a faulty server writes unasked can then only reach
 * the user whose connection it came on.
 *
 * @param options.connect makes one connection to a node: `createDispatcher` of a transport
 */
export function createUpstreamAgents({
  connect,
  limits = {},
}: {
  readonly connect: (node: string) => Dispatcher
  readonly limits?: AgentLimits
}): UpstreamAgents {
  const { perSession = 6, total = 2000, idleMs = 10_000, waitMs = 5000 } = limits
  const owners = new Map<string, Owner>()
  /** In the order in which they became idle. */
  const idle = new Set<Connection>()
  /** Those whose owner has fewer than it may have, but all together have not; in the order they came. */
  const waitingForAny = new Set<Waiter>()
  let open = 0
  let sweep: NodeJS.Timeout | undefined

  function ownerOf(name: string, node: string): Owner {
    const known = owners.get(name)
    if (known !== undefined) return known
    const owner = { name, node, active: 0, idle: [], waiting: [], isDropped: false }
    owners.set(name, owner)
    return owner
  }

  function take(owner: Owner): UpstreamConnection | undefined {
    const kept = owner.idle.pop()
    if (kept !== undefined) {
      idle.delete(kept)
      return lend(kept)
    }
    if (owner.active >= perSession) return undefined
    if (open >= total) {
      const [oldest] = idle
      if (oldest === undefined) return undefined
      discard(oldest)
    }
    open++
    return lend({ dispatcher: connect(owner.node), owner, uses: 0, idleSince: 0 })
  }

  function lend(connection: Connection): UpstreamConnection {
    const { owner, dispatcher } = connection
    owner.active++
    const isReused = connection.uses++ > 0
    let isLent = true
    return {
      dispatcher,
      node: owner.node,
      isReused,
      release(state) {
        if (!isLent) return
        isLent = false
        owner.active--
        if (state === 'broken' || owner.isDropped) discard(connection)
        else keep(connection)
        serve(owner)
      },
    }
  }

  function keep(connection: Connection) {
    connection.idleSince = performance.now()
    connection.owner.idle.push(connection)
    idle.add(connection)
    sweep ??= setTimeout(closeExpired, idleMs).unref()
  }

  function discard(connection: Connection) {
    const { owner, dispatcher } = connection
    if (idle.delete(connection)) owner.idle.splice(owner.idle.indexOf(connection), 1)
    open--
    // What it was doing has been given up by whoever gave it back.
    dispatcher.destroy().catch(() => undefined)
    forget(owner)
  }

  function forget(owner: Owner) {
    const isUnused = owner.active === 0 && owner.idle.length === 0 && owner.waiting.length === 0
    if (isUnused && owners.get(owner.name) === owner) owners.delete(owner.name)
  }

  /** A connection has become free, or may be opened again. */
  function serve(owner: Owner) {
    const own = owner.waiting[0]
    const connection = own && take(owner)
    if (own !== undefined && connection !== undefined) {
      owner.waiting.shift()
      return own.give(connection)
    }
    for (const waiter of waitingForAny) {
      const found = take(waiter.owner)
      if (found === undefined && waiter.owner.active < perSession) return
      waitingForAny.delete(waiter)
      if (found !== undefined) return waiter.give(found)
      waiter.owner.waiting.push(waiter)
    }
  }

  function closeExpired() {
    const before = performance.now() - idleMs
    for (const connection of idle) {
      if (connection.idleSince > before) break
      discard(connection)
    }
    const [oldest] = idle
    sweep = oldest && setTimeout(closeExpired, Math.max(1, oldest.idleSince - before)).unref()
  }

  function wait(owner: Owner, signal: AbortSignal): Promise<UpstreamConnection> {
    return new Promise((resolve, reject) => {
      const stop = (error: unknown) => {
        finish()
        const at = owner.waiting.indexOf(waiter)
        if (at !== -1) owner.waiting.splice(at, 1)
        waitingForAny.delete(waiter)
        forget(owner)
        reject(error)
      }
      const onAbort = () => stop(signal.reason)
      const timer = setTimeout(() => {
        stop(gatewayErrors.ERR_GATEWAY_BUSY({ waitedMs: waitMs, retryAfterSeconds: 1 }))
      }, waitMs)
      const finish = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', onAbort)
      }
      const waiter: Waiter = {
        owner,
        give(connection) {
          finish()
          resolve(connection)
        },
      }
      if (signal.aborted) return onAbort()
      signal.addEventListener('abort', onAbort, { once: true })
      if (owner.active < perSession) waitingForAny.add(waiter)
      else owner.waiting.push(waiter)
    })
  }

  return Object.freeze<UpstreamAgents>({
    take(name, node) {
      const owner = ownerOf(name, node)
      // Who came earlier is served earlier.
      return owner.waiting.length === 0 ? take(owner) : undefined
    },
    wait: (name, node, signal) => wait(ownerOf(name, node), signal),
    drop(name) {
      const owner = owners.get(name)
      if (owner === undefined) return
      owner.isDropped = true
      owners.delete(name)
      for (const connection of [...owner.idle]) discard(connection)
    },
    get size() {
      return open
    },
    async close() {
      clearTimeout(sweep)
      for (const owner of [...owners.values()]) {
        owner.isDropped = true
        for (const connection of [...owner.idle]) discard(connection)
      }
    },
  })
}
