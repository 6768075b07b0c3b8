import { randomUUID } from 'node:crypto'
import type { SwitchBoard } from '../../control/switches.ts'
import { type UserName, userKey } from '../repository/users.ts'
import type { ClientManagedSwitches } from '../switches.ts'
import type { Environment } from './environment.ts'

/** How many sessions a site keeps: one more ends that which was unused for longest. */
export const maximumSessions = 10_000
/** How many sessions that have ended are kept in mind: they may count towards the parallel ones, or a switch ended them. */
const maximumEnded = 1000

/** What web sockets of a session are told when it ends. */
export type SessionEnd = 'OnSessionLoggedOut' | 'OnSessionTimedOut' | 'OnSessionClosed'

/** A session of a proxy: what the cookie names. Its ID is the cookie's value, as QPS has it. */
export interface ProxySession {
  readonly id: string
  readonly virtualProxyId: string
  readonly nodeId: string
  /** The directory is in upper case. */
  readonly user: UserName
  readonly isAnonymous: boolean
  /** Names of the attributes that came with the login, with their values. */
  attributes: ReadonlyMap<string, readonly string[]>
  /** Of the request that opened it. */
  readonly environment: Environment
  readonly createdAt: Date
  lastUsedAt: Date
  /** When a web socket had traffic that did not count. */
  socketUsedAt?: Date
  /** The CSRF tokens that a web socket may bring. */
  csrfTokens: readonly string[]
  /** Those that it might have brought by another value of `csrfTokenLife`. */
  spentCsrfTokens: readonly string[]
  /** How its web sockets end. */
  readonly sockets: Set<(end: SessionEnd) => void>
}

/** What opens a session. */
export type NewSession = Pick<
  ProxySession,
  'virtualProxyId' | 'nodeId' | 'user' | 'attributes' | 'environment'
> & {
  /** The cookie's value; random when omitted, as QPS may give one. */
  readonly id?: string
  readonly isAnonymous?: boolean
}

/** The sessions of all proxies of a site. */
export interface ProxySessions {
  open(session: NewSession): ProxySession
  /** The live session of a virtual proxy, as this node knows it. */
  find(where: { id: string; virtualProxyId: string; nodeId: string }): ProxySession | undefined
  list(): readonly ProxySession[]
  /** Counts as activity: the inactivity time begins again. */
  touch(session: ProxySession): void
  /** Traffic of a web socket: activity too, by switch. */
  touchBySocket(session: ProxySession): void
  /** The switch without which there would be such a session here. */
  switchThatHides(where: {
    id: string
    virtualProxyId: string
    nodeId: string
  }): keyof ClientManagedSwitches | undefined
  /** Ends one and its web sockets; false when there is none. */
  end(id: string, notification: SessionEnd): boolean
  /** Ends those that a predicate picks, because of a switch where one decides it; gives them. */
  endWhere(
    matches: (session: ProxySession) => boolean,
    notification: SessionEnd,
    decidedBy?: keyof ClientManagedSwitches,
  ): readonly ProxySession[]
  /** Ends the sessions that were not used for too long. */
  endOverdue(): void
  /** How many sessions the user of a session has over all virtual proxies and nodes, and how many came before it. */
  countParallel(session: ProxySession): {
    readonly before: number
    readonly all: number
    /** Those among both that have ended. */
    readonly ended: number
  }
  /** Forgets also what ended. */
  clear(): void
}

export function isSameUser(one: UserName, other: UserName): boolean {
  return userKey(one) === userKey(other)
}

/** A user as Qlik's pages and section access write one. */
export function toQualifiedName({ directory, id }: UserName): string {
  return `${directory}\\${id}`
}

/**
 * Makes the sessions of a site, which are kept in memory alone.
 *
 * @param options.timeoutMinutesOf the inactivity time-out of a virtual proxy; undefined where there is none of this ID
 */
export function createProxySessions(options: {
  now: () => Date
  switches: Pick<SwitchBoard<ClientManagedSwitches>, 'get'>
  timeoutMinutesOf: (virtualProxyId: string) => number | undefined
}): ProxySessions {
  const { now, switches, timeoutMinutesOf } = options
  const sessions = new Map<string, ProxySession>()
  /** Switches that ended sessions, the newest last. */
  const endedBySwitch = new Map<string, keyof ClientManagedSwitches>()
  let history: { readonly user: UserName; readonly atMs: number }[] = []

  const isOver = ({ virtualProxyId, lastUsedAt }: ProxySession) => {
    const minutes = timeoutMinutesOf(virtualProxyId)
    return minutes === undefined || now().getTime() - lastUsedAt.getTime() >= minutes * 60_000
  }
  const endSession = (
    session: ProxySession,
    notification: SessionEnd,
    decidedBy?: keyof ClientManagedSwitches,
  ) => {
    sessions.delete(session.id)
    if (decidedBy !== undefined) {
      endedBySwitch.set(session.id, decidedBy)
      for (const [oldest] of endedBySwitch) {
        if (endedBySwitch.size <= maximumEnded) break
        endedBySwitch.delete(oldest)
      }
    }
    history.push({ user: session.user, atMs: now().getTime() })
    if (history.length > maximumEnded) history.shift()
    for (const close of [...session.sockets]) close(notification)
  }
  /** Each request with a token alone, or an anonymous one, opens a session: memory is not endless. */
  const makeRoom = () => {
    if (sessions.size < maximumSessions) return
    const all = [...sessions.values()]
    const unused = all.reduce((one, other) => (other.lastUsedAt < one.lastUsedAt ? other : one))
    endSession(unused, isOver(unused) ? 'OnSessionTimedOut' : 'OnSessionClosed')
  }
  const endByTime = (session: ProxySession) => {
    const { socketUsedAt = session.lastUsedAt } = session
    const isBySwitch = !isOver({ ...session, lastUsedAt: socketUsedAt })
    endSession(session, 'OnSessionTimedOut', isBySwitch ? 'webSocketKeepsProxySession' : undefined)
  }
  const touch = (session: ProxySession) => {
    const at = now()
    if (at > session.lastUsedAt) session.lastUsedAt = at
  }
  const recentlyEnded = (user: UserName) => {
    const from = now().getTime() - switches.get().endedSessionCountsSec * 1000
    history = history.filter(({ atMs }) => atMs > from)
    return history.filter((one) => isSameUser(one.user, user)).length
  }
  return {
    open({ id = randomUUID(), isAnonymous = false, ...given }) {
      const at = now()
      const session: ProxySession = {
        ...given,
        id,
        isAnonymous,
        createdAt: at,
        lastUsedAt: at,
        csrfTokens: [],
        spentCsrfTokens: [],
        sockets: new Set(),
      }
      // A session that takes the place of one with its ID needs no room.
      if (!sessions.has(id)) makeRoom()
      sessions.set(id, session)
      return session
    },
    find({ id, virtualProxyId, nodeId }) {
      const session = sessions.get(id)
      if (session?.virtualProxyId !== virtualProxyId) return undefined
      if (session.nodeId !== nodeId && switches.get().sessionsOfNodes === 'own') return undefined
      if (!isOver(session)) return session
      endByTime(session)
      return undefined
    },
    list: () => [...sessions.values()],
    touch,
    touchBySocket(session) {
      if (switches.get().webSocketKeepsProxySession) touch(session)
      else session.socketUsedAt = now()
    },
    switchThatHides({ id, virtualProxyId, nodeId }) {
      const session = sessions.get(id)
      if (session === undefined) return endedBySwitch.get(id)
      return session.virtualProxyId === virtualProxyId && session.nodeId !== nodeId
        ? 'sessionsOfNodes'
        : undefined
    },
    end(id, notification) {
      const session = sessions.get(id)
      if (session !== undefined) endSession(session, notification)
      return session !== undefined
    },
    endWhere(matches, notification, decidedBy) {
      const found = [...sessions.values()].filter(matches)
      for (const session of found) endSession(session, notification, decidedBy)
      return found
    },
    endOverdue() {
      for (const session of [...sessions.values()]) if (isOver(session)) endByTime(session)
    },
    countParallel(session) {
      const ofUser = [...sessions.values()].filter(({ user }) => isSameUser(user, session.user))
      const ended = recentlyEnded(session.user)
      return { before: ofUser.indexOf(session) + ended, all: ofUser.length + ended, ended }
    },
    clear() {
      sessions.clear()
      endedBySwitch.clear()
      history = []
    },
  }
}
