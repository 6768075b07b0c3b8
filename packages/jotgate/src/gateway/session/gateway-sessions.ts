import { randomBytes } from 'node:crypto'
import { readAll, readWholeNumber, valueOrThrow } from '../../values/index.ts'
import { gatewayErrors } from '../errors.ts'
import type { Store } from '../store/store.ts'
import { hashSecret, readSessionCookie } from './cookie.ts'
import { createDeadlines } from './deadlines.ts'
import { createDeletions } from './deletions.ts'
import type { EndReason, GatewaySession, GatewaySessions, SessionPlace } from './gateway-session.ts'
import { addProof, createEntry, personOf, proofOf, type SessionEntry } from './session-entry.ts'
import { readSessionRecord } from './session-record.ts'
import { createUsedTokens } from './used-tokens.ts'

/** What the sessions of a gateway need. */
export interface GatewaySessionsOptions {
  readonly store: Store
  /** The time now, in milliseconds since 1970. */
  readonly clock: () => number
  /** Default 1800, 60 to 86400. */
  readonly idleSeconds?: number | undefined
  /** Default 28800, 60 to 604800. */
  readonly absoluteSeconds?: number | undefined
  /** Default 100000, 1 to 1000000. */
  readonly maxSessions?: number | undefined
  /** Gives so many random bytes. */
  readonly randomBytes?: (count: number) => Uint8Array
  /** Called at once when a session ends, after `ended` has aborted. It must not throw. */
  readonly onEnd?: (session: GatewaySession, reason: EndReason) => void
}

/** How long the last use may be ahead of what the store has of it. */
const writeUseEveryMs = 60_000
/** How long the cookie before the newest is accepted. */
const secretBeforeMs = 30_000
/** How many ended sessions are remembered by their reason. */
const maxReasons = 10_000
const tickMs = 1000
const maxTime = Number.MAX_SAFE_INTEGER

/**
 * Keeps the sessions of this gateway: all in memory, and in the store so that they survive a restart.
 *
 * @throws ERR_GATEWAY_OPTION, and ERR_GATEWAY_STORE when the sessions that were kept cannot be read
 */
export async function createGatewaySessions(
  options: GatewaySessionsOptions,
): Promise<GatewaySessions> {
  const { store, clock, onEnd } = options
  const random = options.randomBytes ?? randomBytes
  const { idleSeconds, absoluteSeconds, maxSessions } = readSessionLimits(options)
  const createSecret = () => Buffer.from(random(32)).toString('base64url')
  const usedTokens = createUsedTokens(store)
  const deletions = createDeletions(store, 'session')

  const entries = new Map<string, SessionEntry>()
  const bySecret = new Map<string, SessionEntry>()
  const byToken = new Map<string, SessionEntry>()
  /** Of programs, by the site and the hash of the token, as in `byToken`. */
  const openings = new Map<string, Promise<Opened>>()
  const reasons = new Map<string, { readonly reason: EndReason; readonly site: string }>()

  const absoluteEndOf = ({ record }: SessionEntry): number =>
    Math.min(record.openedAt + absoluteSeconds * 1000, record.identityEndsAt ?? maxTime)
  const endOf = (entry: SessionEntry): number =>
    Math.min(entry.lastUsedAt + idleSeconds * 1000, absoluteEndOf(entry))
  const ends = createDeadlines(endOf)
  const renewals = createDeadlines<SessionEntry>(({ renewal }) => renewal?.until ?? 0)

  const write = (entry: SessionEntry): Promise<void> => {
    entry.record = { ...entry.record, lastUsedAt: entry.lastUsedAt }
    const { id } = entry.session
    return store.put('session', { id, record: { ...entry.record }, expiresAt: endOf(entry) })
  }

  const list = (entry: SessionEntry) => {
    entries.set(entry.session.id, entry)
    ends.add(entry)
  }

  const makeFindable = (entry: SessionEntry) => {
    const { holder, secretHash, tokens } = entry.record
    if (holder === 'browser') bySecret.set(secretHash, entry)
    else for (const { hash } of tokens) byToken.set(tokenKey(hash, entry.record), entry)
  }

  const dropSecretBefore = (entry: SessionEntry) => {
    if (entry.renewal !== undefined) bySecret.delete(entry.renewal.hashBefore)
    delete entry.renewal
    renewals.delete(entry)
  }

  const remove = (entry: SessionEntry) => {
    entries.delete(entry.session.id)
    ends.delete(entry)
    dropSecretBefore(entry)
    bySecret.delete(entry.record.secretHash)
    for (const { hash } of entry.record.tokens) {
      const key = tokenKey(hash, entry.record)
      if (byToken.get(key) === entry) byToken.delete(key)
    }
  }

  const endEntry = async (entry: SessionEntry, reason: EndReason): Promise<void> => {
    remove(entry)
    reasons.set(entry.record.secretHash, { reason, site: entry.record.site })
    const [oldest] = reasons.keys()
    if (reasons.size > maxReasons && oldest !== undefined) reasons.delete(oldest)
    entry.abort(reason)
    // In this order, so that nobody comes in again with a token whose session is known to have ended.
    const isDeliberate = reason === 'revoked' || reason === 'signed-out'
    const refused = isDeliberate ? entry.record.tokens.map((one) => usedTokens.refuse(one)) : []
    const deleted = deletions.add(entry.session.id)
    onEnd?.(entry.session, reason)
    await Promise.allSettled([deleted, ...refused])
  }

  /** At each look, so that no session is found after its end, however late the timer is. */
  const ifAlive = (entry: SessionEntry | undefined): SessionEntry | undefined => {
    if (entry === undefined || clock() < endOf(entry)) return entry
    void endEntry(entry, 'expired')
    return undefined
  }

  const openOne = async ({
    identity,
    user,
    holder,
    place: { site, upstream },
    beforeUse,
  }: Opening): Promise<Opened> => {
    if (entries.size >= maxSessions) throw gatewayErrors.ERR_GATEWAY_FULL({ sessions: maxSessions })
    const secret = createSecret()
    const secretHash = hashSecret(secret)
    const times = { openedAt: clock(), lastUsedAt: clock() }
    const whose = { holder, user, identity: personOf(identity), ...proofOf(identity, holder) }
    const entry = createEntry(secretHash, { secretHash, site, upstream, ...whose, ...times })
    // Listed from here on, so that what ends all sessions of a person ends this one too.
    list(entry)
    try {
      await usedTokens.consume(identity)
      throwIfEnded(entry.session)
      await write(entry)
      throwIfEnded(entry.session)
      await beforeUse?.(entry.session)
      throwIfEnded(entry.session)
    } catch (error) {
      if (!entry.session.ended.aborted) {
        remove(entry)
        entry.abort('revoked')
        await deletions.add(entry.session.id)
      }
      throw error
    }
    makeFindable(entry)
    return { session: entry.session, secret: holder === 'browser' ? secret : '' }
  }

  /** Calls of a program that come at once have one session. */
  const openForToken = (tokenHash: string, opening: Opening): Promise<Opened> => {
    const key = tokenKey(tokenHash, opening.place)
    const found = ifAlive(byToken.get(key))
    if (found !== undefined) return Promise.resolve({ session: found.session, secret: '' })
    const underWay = openings.get(key)
    if (underWay !== undefined) return underWay
    const opened = openOne(opening).finally(() => openings.delete(key))
    openings.set(key, opened)
    return opened
  }

  /** Two tabs that log in again at once get the same secret: the browser keeps whichever answer comes last. */
  const renewSecret = async (entry: SessionEntry): Promise<string> => {
    if (entry.renewal === undefined) {
      const secret = createSecret()
      const hashBefore = entry.record.secretHash
      entry.renewal = { secret, hashBefore, until: maxTime }
      entry.record = { ...entry.record, secretHash: hashSecret(secret) }
      makeFindable(entry)
    }
    const { renewal } = entry
    await write(entry)
    throwIfEnded(entry.session)
    // Not before the new one is durable.
    renewal.until = Math.min(renewal.until, clock() + secretBeforeMs)
    if (entry.renewal === renewal) renewals.add(entry)
    return renewal.secret
  }

  const tick = setInterval(() => {
    for (const entry of ends.due(clock())) void endEntry(entry, 'expired')
    for (const entry of renewals.due(clock())) dropSecretBefore(entry)
    deletions.retry()
  }, tickMs)
  tick.unref()

  for await (const { id, record } of store.list('session')) {
    const read = readSessionRecord(record)
    if (read === undefined) {
      void deletions.add(id)
      continue
    }
    const entry = createEntry(id, read)
    list(entry)
    makeFindable(entry)
  }

  return {
    open(opening) {
      const { tokenHash } = opening.identity
      return opening.holder === 'program' && tokenHash !== undefined
        ? openForToken(tokenHash, opening)
        : openOne(opening)
    },

    async find(request) {
      const secret = readSessionCookie(request)
      if (secret === undefined) return undefined
      const secretHash = hashSecret(secret)
      const entry = ifAlive(bySecret.get(secretHash))
      // SECURITY: a browser sends it to its own host only; somebody may have copied it to another one.
      if (entry?.record.site !== request.site) return undefined
      const { renewal } = entry
      if (renewal === undefined || renewal.until > clock()) return entry.session
      dropSecretBefore(entry)
      return bySecret.get(secretHash)?.session
    },

    findByToken: async (tokenHash, site) =>
      ifAlive(byToken.get(tokenKey(tokenHash, { site })))?.session,

    use(session) {
      const entry = ifAlive(entries.get(session.id))
      if (entry === undefined) return
      entry.lastUsedAt = Math.max(entry.lastUsedAt, clock())
      // Nobody waits for it, and the store says itself that it is away.
      if (entry.lastUsedAt - entry.record.lastUsedAt >= writeUseEveryMs)
        write(entry).catch(() => undefined)
    },

    async extend(session, identity) {
      const entry = ifAlive(entries.get(session.id))
      if (entry === undefined) throw gatewayErrors.ERR_GATEWAY_SESSION_ENDED({})
      await usedTokens.consume(identity)
      throwIfEnded(session)
      entry.lastUsedAt = Math.max(entry.lastUsedAt, clock())
      const proof = addProof(entry.record, proofOf(identity, session.holder), clock())
      entry.record = { ...entry.record, ...proof }
      return renewSecret(entry)
    },

    lastUsedAt: ({ id, openedAt }) => entries.get(id)?.lastUsedAt ?? openedAt,

    endsAt(session) {
      const entry = entries.get(session.id)
      return entry === undefined
        ? { idle: 0, absolute: 0 }
        : { idle: endOf(entry), absolute: absoluteEndOf(entry) }
    },

    async end(session, reason) {
      const entry = entries.get(session.id)
      if (entry !== undefined) await endEntry(entry, reason)
    },

    endReasonOf(request) {
      const secret = readSessionCookie(request)
      const ended = secret === undefined ? undefined : reasons.get(hashSecret(secret))
      return ended?.site === request.site ? ended.reason : undefined
    },

    list({ subject, site, upstream } = {}) {
      return [...entries.values()]
        .map(({ session }) => session)
        .filter(
          (session) =>
            (subject === undefined || session.identity.subject === subject) &&
            (site === undefined || session.site === site) &&
            (upstream === undefined || session.upstream === upstream),
        )
    },

    get size() {
      return entries.size
    },

    async close() {
      clearInterval(tick)
      const all = [...entries.values()]
      await Promise.all(
        all.filter(({ lastUsedAt, record }) => lastUsedAt > record.lastUsedAt).map(write),
      )
    },
  }
}

type Opening = Parameters<GatewaySessions['open']>[0]
type Opened = Awaited<ReturnType<GatewaySessions['open']>>

/** A token that is accepted at two sites opens a session at each. An origin holds no space. */
const tokenKey = (hash: string, { site }: Pick<SessionPlace, 'site'>) => `${site} ${hash}`

function throwIfEnded({ ended }: GatewaySession): void {
  if (ended.aborted) throw gatewayErrors.ERR_GATEWAY_SESSION_ENDED({})
}

/**
 * Reads how long sessions last, and how many there may be.
 *
 * @throws ERR_GATEWAY_OPTION
 */
export function readSessionLimits(
  options: Pick<GatewaySessionsOptions, 'idleSeconds' | 'absoluteSeconds' | 'maxSessions'>,
) {
  const { idleSeconds, absoluteSeconds, maxSessions } = options
  const seconds = { min: 60, unit: 'seconds' }
  return valueOrThrow(
    readAll({
      idleSeconds: readWholeNumber('session.idleSeconds', idleSeconds, {
        ...seconds,
        max: 86_400,
        fallback: 1800,
      }),
      absoluteSeconds: readWholeNumber('session.absoluteSeconds', absoluteSeconds, {
        ...seconds,
        max: 604_800,
        fallback: 28_800,
      }),
      maxSessions: readWholeNumber('session.maxSessions', maxSessions, {
        min: 1,
        max: 1_000_000,
        fallback: 100_000,
      }),
    }),
    gatewayErrors.ERR_GATEWAY_OPTION,
  )
}
