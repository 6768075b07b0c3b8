import type { Logger } from 'pino'
import type { AskNode } from './ask-node.ts'
import { isOwnShortage, mayBeGone } from './node-failure.ts'

/** How a node is. */
export interface NodeHealth {
  /** Its address. */
  readonly url: string
  readonly isUp: boolean
  /** Qlik sessions that are pinned to it. */
  readonly sessions: number
  /** When it is asked again at the earliest, in milliseconds since 1970. */
  readonly askedAgainAt?: number
}

/** A Qlik session's place at a node. */
export interface NodePlace {
  /** The node's address. */
  readonly node: string
  /** The session is no longer used. */
  leave(): void
}

/** The proxy nodes of one deployment: each knows its own sessions, so a Qlik session is pinned to one. */
export interface UpstreamNodes {
  /** Their addresses. */
  readonly urls: readonly string[]
  /** A place for a new session: at the node that has the fewest, among those that are up. */
  take(): NodePlace
  /** A place for a session that is at a node already. */
  takeAt(node: string): NodePlace
  /** One after the other of those that are up, for what needs no session. */
  next(): string
  /**
   * Whether what is pinned to a node must go elsewhere: it is down while another one is up, or no longer listed. While
   * none is up, sessions stay where they are, since it may be the network.
   */
  isGone(node: string): boolean
  /**
   * Asks a node whether it is there, after a call to it has failed in a way that may come from that.
   *
   * @returns as `isGone`
   */
  suspect(node: string, error: unknown): Promise<boolean>
  /** Calls the listener each time when a node is found to be gone. */
  onGone(listener: (node: string) => void): void
  health(): NodeHealth[]
}

interface Node {
  readonly url: string
  sessions: number
  asking?: Promise<void>
  /** Set while it is down. */
  down?: Down
}

interface Down {
  /** How often it was asked in vain. */
  attempts: number
  askedAt: number
  /** Whether another node was up when it was asked last. While none is, it may be the network. */
  isGone: boolean
}

/** A node that is down is asked again after this time, which doubles with each vain attempt; but while none is up. */
const firstWaitMs = 5000
const longestWaitMs = 300_000

/**
 * Keeps in mind which nodes are up, and how many Qlik sessions each has.
 *
 * A call that fails makes a node suspect, nothing more: whoever sends what Qlik answers by closing the connection would
 * else bring one node down after the other. The node is then asked, by a request of the gateway's own. One that is down
 * is asked again when somebody logs in and its time is over, one call at a time, and nobody waits for it.
 *
 * A node that is the only one is never asked: there is no other to go to.
 */
export function createUpstreamNodes({
  urls,
  ask,
  clock,
  log,
}: {
  readonly urls: readonly string[]
  readonly ask: AskNode
  /** The time now, in milliseconds since 1970. */
  readonly clock: () => number
  readonly log?: Pick<Logger, 'info' | 'warn'>
}): UpstreamNodes {
  const nodes = urls.map((url): Node => ({ url, sessions: 0 }))
  const byUrl = new Map(nodes.map((node) => [node.url, node]))
  const listeners: ((node: string) => void)[] = []
  let turn = 0

  const upNodes = () => nodes.filter(({ down }) => down === undefined)

  const askAgainAt = ({ askedAt, attempts }: Down): number => {
    const growing = Math.min(firstWaitMs * 2 ** (attempts - 1), longestWaitMs)
    return askedAt + (upNodes().length === 0 ? firstWaitMs : growing)
  }

  const isDue = ({ down }: Node) => down !== undefined && clock() >= askAgainAt(down)

  const isGone = (url: string): boolean => {
    const node = byUrl.get(url)
    return node === undefined || node.down?.isGone === true
  }

  const markUp = (node: Node) => {
    if (node.down === undefined) return
    delete node.down
    log?.info({ node: node.url }, 'A node of Qlik answers again')
    // The others went down when none was up, so they may be back too.
    for (const other of nodes) if (other.down?.isGone === false) void askOnce(other)
  }

  const markDown = (node: Node, error: unknown) => {
    if (isOwnShortage(error)) return
    const { attempts = 0, isGone: wasGone = false } = node.down ?? {}
    const down: Down = { attempts: attempts + 1, askedAt: clock(), isGone: false }
    node.down = down
    const details = { err: error, node: node.url, askedAgainAt: askAgainAt(down) }
    if (attempts === 0) log?.warn(details, 'A node of Qlik does not answer')
    if (upNodes().length === 0) {
      for (const other of nodes) if (other.down !== undefined) other.down.isGone = false
      return
    }
    down.isGone = true
    if (!wasGone) for (const listener of listeners) listener(node.url)
  }

  /** One question at a time. It never rejects. */
  const askOnce = (node: Node): Promise<void> => {
    node.asking ??= ask(node.url)
      .then(
        () => markUp(node),
        (error: unknown) => markDown(node, error),
      )
      .finally(() => {
        delete node.asking
      })
    return node.asking
  }

  const placeAt = (node: Node): NodePlace => {
    let isTaken = true
    node.sessions += 1
    return {
      node: node.url,
      leave() {
        if (isTaken) node.sessions -= 1
        isTaken = false
      },
    }
  }

  /** Those that may be used now: all, while none is up. */
  const usable = (): Node[] => {
    for (const node of nodes) if (isDue(node)) void askOnce(node)
    const up = upNodes()
    return up.length > 0 ? up : nodes
  }

  return Object.freeze<UpstreamNodes>({
    urls,
    take: () =>
      placeAt(usable().reduce((least, node) => (node.sessions < least.sessions ? node : least))),
    takeAt(url) {
      const node = byUrl.get(url)
      if (node === undefined) throw new TypeError('There is no such node')
      return placeAt(node)
    },
    next() {
      const up = usable()
      turn = (turn + 1) % up.length
      return (up[turn] as Node).url
    },
    isGone,
    async suspect(url, error) {
      const node = byUrl.get(url)
      if (node === undefined) return true
      if (nodes.length === 1 || !mayBeGone(error)) return false
      // What was asked before the failure says nothing about it.
      if (node.down === undefined) await node.asking
      if (node.down === undefined || isDue(node)) await askOnce(node)
      return isGone(url)
    },
    onGone: (listener) => void listeners.push(listener),
    health: () =>
      nodes.map(({ url, sessions, down }) => ({
        url,
        isUp: down === undefined,
        sessions,
        ...(down !== undefined && { askedAgainAt: askAgainAt(down) }),
      })),
  })
}
