import { isJotgateError } from '../../errors/index.ts'
import type { QlikProduct, QlikSession } from '../../qlik/index.ts'
import { createQueue, type Deployment, type Signer } from '../../token/index.ts'
import { definedOf, readAll, readWholeNumber, valueOrThrow } from '../../values/index.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import { gatewayErrors } from '../errors.ts'
import type { UpstreamNodes } from '../nodes/upstream-nodes.ts'
import type { Store } from '../store/store.ts'
import { createDeletions } from './deletions.ts'
import type { GatewaySession, GatewaySessions } from './gateway-session.ts'
import { createLoginQueue } from './login-queue.ts'
import { createQlikEndings, type UpstreamLog } from './qlik-endings.ts'
import { createQlikLogin, eventOf } from './qlik-login.ts'
import { createUpstream, type Upstream } from './upstream.ts'
import { readUpstreamRecord, toUpstreamRecord } from './upstream-record.ts'
import type { UpstreamSession, UpstreamSessions } from './upstream-session.ts'
import { waitFor } from './wait-for.ts'

/** What Qlik sessions are opened, kept and ended with. */
export interface UpstreamSessionsOptions {
  /** The name of the deployment among those of the gateway. */
  readonly name: string
  /** Whether another deployment of the gateway has a name: its records are left alone. Default none has. */
  readonly isOther?: (name: unknown) => boolean
  readonly product: QlikProduct
  readonly deployment: Deployment
  /** Each Qlik session is pinned to one of them. */
  readonly nodes: Pick<UpstreamNodes, 'urls' | 'take' | 'takeAt' | 'isGone' | 'suspect'>
  readonly signer: Pick<Signer, 'sign'>
  readonly sessions: Pick<GatewaySessions, 'list' | 'lastUsedAt'>
  readonly store: Store
  readonly audit: Pick<AuditLog, 'record' | 'recordLater'>
  /** The time now, in milliseconds since 1970. */
  readonly clock: () => number
  /** Default the runtime's. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /**
   * Ends one session at Qlik. Default the product's way, where that ends no other session of the same user. Without a
   * way, a session that nobody refers to is kept for the same user until it is idle for too long.
   */
  readonly endSession?: ((session: QlikSession) => Promise<void>) | undefined
  readonly log?: UpstreamLog | undefined
  /** How long a request waits for a login. Default 5000, 1 to 60000. */
  readonly waitMs?: number | undefined
  /** After how many seconds without a request Qlik ends a session. Default the product's, 60 to 86400. */
  readonly qlikIdleSeconds?: number | undefined
  /** How many logins run at once. Default 10, 1 to 100. */
  readonly maxConcurrentLogins?: number | undefined
  /** How many logins wait. Default 20000, 1 to 1000000. */
  readonly maxQueuedLogins?: number | undefined
}

/** How far the store may be behind: balancer cookies change with each answer. */
const writeEveryMs = 60_000
const tickMs = 10_000
/** What cannot be logged in is not tried again at once by each request of a page. */
const failureMs = 5000
/** A session that Qlik refuses so soon after it replaced another one is not replaced in turn. */
const renewEveryMs = 30_000
/** Replaced ones, whose sockets may still be open. */
const maxOlder = 4
/** How long endings at Qlik may hold up the end of the gateway. */
const closeMs = 5000
const maxLifeMs = 7 * 86_400_000

/** Who refers to one Qlik session. */
interface Holding {
  readonly holder: string
  readonly members: Map<string, GatewaySession>
  /** Aborts when nobody refers to it any more; whoever comes then has another one. */
  left: AbortController
  upstream?: Upstream
  readonly older: Upstream[]
  login?: Promise<UpstreamSession>
  failure?: { readonly error: unknown; readonly until: number }
  renewedAt?: number
}

/**
 * Opens, keeps, renews and ends the Qlik sessions that gateway sessions refer to.
 *
 * @throws ERR_GATEWAY_OPTION, and ERR_GATEWAY_STORE when those that were kept cannot be read
 */
export async function createUpstreamSessions(
  options: UpstreamSessionsOptions,
): Promise<UpstreamSessions> {
  const { name, isOther = () => false } = options
  const { product, deployment, nodes, sessions, store, audit, clock, fetch, log } = options
  const { gatewayRules } = product
  const { waitMs, idleMs, maxConcurrent, maxQueued } = readLimits(options)
  const lifeMs = (gatewayRules.sessionEnds.maxSeconds ?? Number.POSITIVE_INFINITY) * 1000
  const queue = createLoginQueue({ clock, maxConcurrent, maxQueued })
  const endSession = options.endSession ?? endingOf(product, fetch)
  const onFailed = (id: string, error: unknown) =>
    audit.recordLater({
      event: 'qlik-session-left',
      qlikSession: id,
      reason: isJotgateError(error) ? error.code : 'unknown',
    })
  const endings = endSession && createQlikEndings({ endSession, log, onFailed })
  const logIn = createQlikLogin({ ...options, endings })
  const deletions = createDeletions(store, 'qlik-session')
  const keepAlives = createQueue({
    maxConcurrent: 5,
    maxQueued: 1_000_000,
    refusal: () => new Error('Too many sessions are kept alive at once'),
  })
  const holdings = new Map<string, Holding>()

  /** No two kinds of names meet: an ID is of hexadecimal digits. */
  const holderOf = ({ id, user }: GatewaySession): string => {
    const shared = gatewayRules.sharedBy(user)
    return shared === undefined ? id : `shared ${shared}`
  }

  const oldestOf = ({ shown }: Upstream) => shown.current.openedAt + lifeMs
  const isOver = (upstream: Upstream): boolean =>
    upstream.isLost || clock() >= Math.min(upstream.lastUsedAt + idleMs, oldestOf(upstream))
  const isUsable = (upstream: Upstream): boolean =>
    !isOver(upstream) && !nodes.isGone(upstream.shown.node)

  const write = async (holder: string, upstream: Upstream): Promise<void> => {
    const { shown, lastUsedAt } = upstream
    upstream.isDirty = false
    upstream.writtenAt = clock()
    const record = toUpstreamRecord({ upstream: name, holder, current: shown.current, lastUsedAt })
    const expiresAt = shown.current.openedAt + Math.min(lifeMs, maxLifeMs)
    // Nobody waits for it: without the record, somebody logs in once more after a restart.
    await store.put('qlik-session', { id: shown.id, record, expiresAt }).catch(() => undefined)
  }

  const forget = ({ shown, place }: Upstream) => {
    place.leave()
    void deletions.add(shown.id)
  }

  const end = (upstream: Upstream, session: GatewaySession, reason?: string) => {
    const { id, current } = upstream.shown
    forget(upstream)
    if (endings === undefined) return
    endings.end(id, current)
    const event = { ...eventOf('qlik-session-end', session), qlikSession: id }
    audit.recordLater(reason === undefined ? event : { ...event, reason })
  }

  const leave = (holding: Holding, session: GatewaySession) => {
    const { members, older, upstream, left, holder } = holding
    members.delete(session.id)
    if (members.size > 0) return
    left.abort(gatewayErrors.ERR_GATEWAY_SESSION_ENDED({}))
    holding.left = new AbortController()
    if (endings === undefined) return
    holdings.delete(holder)
    const all = upstream === undefined ? older : [...older, upstream]
    for (const one of all) end(one, session, String(session.ended.reason))
  }

  const holdingNamed = (holder: string): Holding => {
    const known = holdings.get(holder)
    if (known !== undefined) return known
    const made = { holder, members: new Map(), left: new AbortController(), older: [] }
    holdings.set(holder, made)
    return made
  }

  const holdingOf = (session: GatewaySession): Holding => {
    if (session.ended.aborted) throw gatewayErrors.ERR_GATEWAY_SESSION_ENDED({})
    // SECURITY: whatever led here, nobody reaches another deployment than the one that they entered for.
    if (session.upstream !== name) throw new TypeError('The session is for another deployment')
    const holding = holdingNamed(holderOf(session))
    if (!holding.members.has(session.id)) {
      holding.members.set(session.id, session)
      session.ended.addEventListener('abort', () => leave(holding, session), { once: true })
    }
    return holding
  }

  const replaceWith = (holding: Holding, upstream: Upstream, session: GatewaySession) => {
    if (holding.upstream !== undefined) {
      // Its sockets go on, so it is not ended at Qlik before they are.
      holding.older.push(holding.upstream)
      forget(holding.upstream)
      holding.renewedAt = clock()
      const [oldest] = holding.older
      if (holding.older.length > maxOlder && oldest !== undefined) {
        holding.older.shift()
        end(oldest, session)
      }
    }
    holding.upstream = upstream
    void write(holding.holder, upstream)
  }

  const openFor = async (holding: Holding): Promise<UpstreamSession> => {
    const [session] = holding.members.values()
    if (session === undefined) throw gatewayErrors.ERR_GATEWAY_SESSION_ENDED({})
    const { id, opened, place } = await logIn(session)
    const upstream = createUpstream(id, opened, { place, lastUsedAt: clock(), writtenAt: clock() })
    const isLeft = holding.members.size === 0
    if (isLeft && endings !== undefined) end(upstream, session, String(session.ended.reason))
    else replaceWith(holding, upstream, session)
    if (isLeft) throw gatewayErrors.ERR_GATEWAY_SESSION_ENDED({})
    return upstream.shown
  }

  const startLogin = (holding: Holding): Promise<UpstreamSession> => {
    const { failure } = holding
    if (failure !== undefined && clock() < failure.until) return Promise.reject(failure.error)
    const [session] = holding.members.values()
    const person = JSON.stringify([session?.user.directory, session?.user.subject])
    const { signal } = holding.left
    const login = queue
      .run(person, () => openFor(holding), signal)
      .then(
        (shown) => {
          delete holding.failure
          return shown
        },
        (error: unknown) => {
          if (!signal.aborted) {
            log?.warn({ err: error, session: session?.id }, 'A login at Qlik has failed')
            holding.failure = { error, until: clock() + failureMs }
          }
          throw error
        },
      )
      .finally(() => {
        if (holding.login === login) delete holding.login
      })
    // Also when nobody waits for it any more.
    login.catch(() => undefined)
    holding.login = login
    return login
  }

  const waitForLogin = async (
    holding: Holding,
    session: GatewaySession,
    signal?: AbortSignal,
  ): Promise<UpstreamSession> => {
    const login = holding.login ?? startLogin(holding)
    return waitFor(login, {
      timeoutMs: waitMs,
      tooLate: () =>
        gatewayErrors.ERR_GATEWAY_WAITING({ retryAfterSeconds: queue.retryAfterSeconds }),
      signals: [
        [session.ended, () => gatewayErrors.ERR_GATEWAY_SESSION_ENDED({})],
        [signal, () => signal?.reason],
      ],
    })
  }

  const use = (upstream: Upstream): UpstreamSession => {
    upstream.lastUsedAt = clock()
    upstream.isDirty = true
    return upstream.shown
  }

  /** Whether traffic on a socket counts at Qlik is not known, so a request says that somebody is there. */
  const keepAlive = async (holding: Holding, upstream: Upstream): Promise<void> => {
    const { lastUsedAt } = upstream
    const session = use(upstream).current
    const askedAt = upstream.lastUsedAt
    const ask = () => product.getCurrentUser({ session, ...(fetch === undefined ? {} : { fetch }) })
    try {
      await keepAlives.run(ask)
    } catch (error) {
      if (upstream.lastUsedAt === askedAt) upstream.lastUsedAt = lastUsedAt
      // Its sockets are told when the node is gone.
      void nodes.suspect(upstream.shown.node, error)
      if (!isJotgateError(error, 'ERR_QLIK_NOT_LOGGED_IN')) return
      upstream.isLost = true
      if (holding.login === undefined) startLogin(holding).catch(() => undefined)
    }
  }

  const isUsedBySockets = ({ members }: Holding, { lastUsedAt }: Upstream): boolean =>
    [...members.values()].some((member) => sessions.lastUsedAt(member) > lastUsedAt + tickMs)

  const tick = setInterval(() => {
    const now = clock()
    deletions.retry()
    for (const holding of holdings.values()) {
      const { upstream, holder, members, login } = holding
      const isUnused = members.size === 0 && login === undefined
      if (isUnused && (upstream === undefined || isOver(upstream))) {
        holdings.delete(holder)
        if (upstream !== undefined) forget(upstream)
        continue
      }
      if (upstream === undefined) continue
      const isDue = now > upstream.lastUsedAt + idleMs * 0.7 && isUsable(upstream)
      if (isDue && isUsedBySockets(holding, upstream)) void keepAlive(holding, upstream)
      if (upstream.isDirty && now - upstream.writtenAt >= writeEveryMs) void write(holder, upstream)
    }
  }, tickMs)
  tick.unref()

  await restore()
  return {
    async sessionFor(session, { signal } = {}) {
      const holding = holdingOf(session)
      const { upstream } = holding
      if (upstream === undefined || !isUsable(upstream))
        return waitForLogin(holding, session, signal)
      // Before the longest time is over, while the old one can still be used.
      if (holding.login === undefined && clock() > oldestOf(upstream) - idleMs)
        startLogin(holding).catch(() => undefined)
      return use(upstream)
    },

    async renew(session, lost) {
      const holding = holdingOf(session)
      const { upstream, renewedAt = 0 } = holding
      if (upstream !== undefined && upstream.shown !== lost && isUsable(upstream))
        return use(upstream)
      if (upstream?.shown === lost && holding.login === undefined) {
        const isRefused = !nodes.isGone(lost.node)
        if (isRefused && clock() - renewedAt < renewEveryMs)
          throw gatewayErrors.ERR_GATEWAY_QLIK_SESSION({})
        upstream.isLost = true
      }
      return waitForLogin(holding, session)
    },

    get waiting() {
      return queue.size
    },

    stateOf(session) {
      const holding = holdings.get(holderOf(session))
      if (holding?.upstream !== undefined && isUsable(holding.upstream)) return 'open'
      return holding?.login === undefined ? 'none' : 'waiting'
    },

    async close(withinMs = closeMs) {
      clearInterval(tick)
      queue.close()
      const unwritten = [...holdings.values()].map(async ({ holder, upstream }) => {
        if (upstream?.isDirty === true) await write(holder, upstream)
      })
      await Promise.all([...unwritten, endings?.done(Math.min(withinMs, closeMs))])
    },
  }

  /** Those whose gateway session has ended meanwhile are ended at Qlik, or kept where that is not possible. */
  async function restore(): Promise<void> {
    const all = sessions.list({ upstream: name })
    const open = new Map(all.map((session) => [holderOf(session), session]))
    for await (const { id, record } of store.list('qlik-session')) {
      if (isOther(record.upstream)) continue
      const read = readUpstreamRecord(record, deployment, nodes.urls)
      const session = read === undefined ? undefined : open.get(read.holder)
      if (read === undefined || (session === undefined && endings !== undefined)) {
        void deletions.add(id)
        if (read !== undefined) endings?.end(id, read.current)
        continue
      }
      const { current, lastUsedAt } = read
      const place = nodes.takeAt(current.deployment.url)
      const upstream = createUpstream(id, current, { place, lastUsedAt, writtenAt: clock() })
      const holding = session === undefined ? holdingNamed(read.holder) : holdingOf(session)
      if (holding.upstream === undefined) holding.upstream = upstream
      else if (session === undefined) forget(upstream)
      else replaceWith(holding, upstream, session)
    }
    for (const session of all) if (holdings.has(holderOf(session))) holdingOf(session)
  }
}

/** The product's own way to end a session, unless it may end other sessions of the same user too. */
function endingOf(product: QlikProduct, fetch: typeof globalThis.fetch | undefined) {
  if (product.endScope !== 'session') return undefined
  return (session: QlikSession) => product.endSession({ session, ...definedOf({ fetch }) })
}

function readLimits(options: UpstreamSessionsOptions) {
  const { product, waitMs, qlikIdleSeconds, maxConcurrentLogins, maxQueuedLogins } = options
  const fallback = product.gatewayRules.sessionEnds.idleSeconds
  const { idleSeconds, ...limits } = valueOrThrow(
    readAll({
      waitMs: readWholeNumber('waitMs', waitMs, { min: 1, max: 60_000, fallback: 5000 }),
      idleSeconds: readWholeNumber('qlikIdleSeconds', qlikIdleSeconds, {
        min: 60,
        max: 86_400,
        unit: 'seconds',
        fallback,
      }),
      maxConcurrent: readWholeNumber('maxConcurrentLogins', maxConcurrentLogins, {
        min: 1,
        max: 100,
        fallback: 10,
      }),
      maxQueued: readWholeNumber('maxQueuedLogins', maxQueuedLogins, {
        min: 1,
        max: 1_000_000,
        fallback: 20_000,
      }),
    }),
    gatewayErrors.ERR_GATEWAY_OPTION,
  )
  return { ...limits, idleMs: idleSeconds * 1000 }
}
