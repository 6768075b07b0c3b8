import type { Duplex } from 'node:stream'
import type { Identifier, Identity, RequestToIdentify } from '../identify/identity.ts'
import type { GatewayRequest } from '../request.ts'
import type { EndReason, GatewaySession, GatewaySessions } from './gateway-session.ts'

/** Binds sessions to what the host application says, where it can be asked. */
export interface IdentityWatch {
  /**
   * Asks who sends a request, unless that was answered within the last 5 s. When it is another person than the
   * session's, or nobody, the session has ended when this resolves.
   *
   * @throws ERR_GATEWAY_HOST_SILENT (503) when the host application gives no answer: the session stays
   */
  check(session: GatewaySession, request: GatewayRequest): Promise<void>
  /**
   * Asks every 5 s for as long as a web socket is open, with the session's newest request.
   *
   * @returns the session as the socket has to see it: its `ended` also aborts, with `host-silent`, after 30 s
   * without an answer. The session itself stays then, so that the person goes on when the host application is back
   */
  follow(session: GatewaySession, request: GatewayRequest, socket: Duplex): GatewaySession
  close(): void
}

/** What it needs. */
export interface IdentityWatchOptions {
  readonly sessions: Pick<GatewaySessions, 'end'>
  /** The one that asks the host application; undefined when none does. */
  readonly identifier?: Identifier | undefined
  /** The time now, in milliseconds since 1970. */
  readonly clock: () => number
}

const askEveryMs = 5000
/** A failure is not provoked again by each request of a page. */
const failureMs = 1000
const silenceMs = 30_000
const tickMs = 500

interface Watched {
  readonly session: GatewaySession
  /** When the question was asked whose answer is the newest one. */
  answeredAt: number
  askedAt: number
  asking?: Promise<void>
  failure?: { readonly error: unknown; readonly until: number }
  /** While sockets are open. */
  lone?: {
    readonly sockets: Set<Duplex>
    readonly silence: AbortController
    readonly shown: GatewaySession
    readonly since: number
    newest: RequestToIdentify
  }
}

/** Asks the host application on behalf of the sessions that it has said who they are of (design: rule 2). */
export function createIdentityWatch(options: IdentityWatchOptions): IdentityWatch {
  const { sessions, identifier, clock } = options
  const watched = new Map<string, Watched>()
  const withSockets = new Set<Watched>()

  const isAsked = ({ identity, ended }: GatewaySession): boolean =>
    identifier?.asksHost === true && identity.source === 'callback' && !ended.aborted

  const watchedOf = (session: GatewaySession): Watched => {
    const known = watched.get(session.id)
    if (known !== undefined) return known
    const never = Number.NEGATIVE_INFINITY
    const entry: Watched = { session, answeredAt: never, askedAt: never }
    watched.set(session.id, entry)
    const forget = () => {
      watched.delete(session.id)
      withSockets.delete(entry)
    }
    session.ended.addEventListener('abort', forget, { once: true })
    return entry
  }

  const ask = async (entry: Watched, request: RequestToIdentify): Promise<void> => {
    entry.askedAt = clock()
    const { askedAt, session } = entry
    try {
      const identity = await identifier?.identify(request)
      delete entry.failure
      const reason = changeOf(session, identity)
      if (reason === undefined) entry.answeredAt = askedAt
      else await sessions.end(session, reason)
    } catch (error) {
      entry.failure = { error, until: clock() + failureMs }
      throw error
    }
  }

  /** One question at a time for each session. */
  const askOnce = (entry: Watched, request: RequestToIdentify): Promise<void> => {
    entry.asking ??= ask(entry, request).finally(() => {
      delete entry.asking
    })
    return entry.asking
  }

  const tick = setInterval(() => {
    const now = clock()
    for (const entry of withSockets) {
      const { lone, answeredAt, askedAt } = entry
      if (lone === undefined) continue
      if (now - Math.max(answeredAt, lone.since) >= silenceMs) {
        stopFollowing(entry)
        lone.silence.abort('host-silent' satisfies EndReason)
      } else if (now - askedAt >= askEveryMs) {
        // What it means when there is no answer follows from how long that lasts.
        askOnce(entry, lone.newest).catch(() => undefined)
      }
    }
  }, tickMs)
  tick.unref()

  const stopFollowing = (entry: Watched) => {
    withSockets.delete(entry)
    delete entry.lone
  }

  return {
    async check(session, request) {
      if (!isAsked(session)) return
      const entry = watchedOf(session)
      const { lone, failure } = entry
      if (lone !== undefined) lone.newest = withoutConnection(request)
      if (clock() - entry.answeredAt < askEveryMs) return
      if (failure !== undefined && clock() < failure.until) throw failure.error
      await askOnce(entry, request)
    },

    follow(session, request, socket) {
      if (!isAsked(session)) return session
      const entry = watchedOf(session)
      const newest = withoutConnection(request)
      entry.lone ??= { ...createLone(session), since: clock(), newest }
      const { lone } = entry
      lone.newest = newest
      lone.sockets.add(socket)
      withSockets.add(entry)
      socket.once('close', () => {
        lone.sockets.delete(socket)
        if (lone.sockets.size === 0 && entry.lone === lone) stopFollowing(entry)
      })
      return lone.shown
    },

    close: () => clearInterval(tick),
  }
}

function createLone(session: GatewaySession) {
  const silence = new AbortController()
  const ended = AbortSignal.any([session.ended, silence.signal])
  const shown = Object.freeze({ ...session, ended })
  return { sockets: new Set<Duplex>(), silence, shown }
}

function withoutConnection(request: GatewayRequest): RequestToIdentify {
  const { incoming: _, ...rest } = request
  return rest
}

function changeOf(
  { identity: { subject, directory } }: GatewaySession,
  now: Identity | undefined,
): EndReason | undefined {
  if (now === undefined) return 'host-signed-out'
  return now.user.subject === subject && now.user.directory === directory ? undefined : 'replaced'
}
