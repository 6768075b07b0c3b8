import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import { productFor, type Transport } from '../../qlik/index.ts'
import type { Deployment } from '../../token/index.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import { gatewayErrors } from '../errors.ts'
import type { Decision } from '../forward/decision.ts'
import type { UpstreamNodes } from '../nodes/upstream-nodes.ts'
import type { GatewayRequest } from '../request.ts'
import type { EndReason, GatewaySession, GatewaySessions } from '../session/gateway-session.ts'
import type { UpstreamSession } from '../session/upstream-session.ts'
import { acceptOf, readUpgrade, type UpgradeChoice, type UpgradeOffer } from './handshake.ts'
import type { RewriteNotification } from './notification-filter.ts'
import { passAnswer, writeHead } from './raw-answer.ts'
import { type SocketsClosed, watchSessions } from './session-watch.ts'
import { createSocketCount, type SocketCount, type SocketLimits } from './socket-count.ts'
import { type Ending, joinSockets, type TunnelLimits } from './tunnel.ts'
import { openUpstream, type UpgradeAnswer } from './upstream-socket.ts'

/** What `createTunnels` takes. */
export interface TunnelsOptions {
  readonly deployment: Deployment
  /** How the deployment is reached. */
  readonly transport: Pick<Transport, 'createDispatcher'>
  readonly nodes: Pick<UpstreamNodes, 'suspect' | 'onGone'>
  readonly sessions: Pick<GatewaySessions, 'use'>
  readonly audit: Pick<AuditLog, 'record'>
  readonly limits?: Partial<SocketLimits & TunnelTimes>
  /** Counts those of all deployments. Default by `limits`, and of this one alone. */
  readonly sockets?: SocketCount
  readonly log?: Logger
  /** Hears how long each ending of a session took. */
  readonly onEvent?: (event: SocketsClosed) => void
}

/** Times, in milliseconds. */
export interface TunnelTimes extends TunnelLimits {
  /** How long Qlik may take to answer an upgrade. */
  readonly answerMs: number
  /** How long the frame that Qlik is sending may take when a session ends. */
  readonly frameMs: number
  /** The same when the gateway shuts down. */
  readonly drainMs: number
}

const defaultTimes: TunnelTimes = {
  answerMs: 30_000,
  pingMs: 30_000,
  silenceMs: 60_000,
  closingMs: 10_000,
  frameMs: 250,
  drainMs: 5000,
  goodbyeMs: 700,
}

/** Use of a session is told this often at most. */
const useMs = 1000

/** Clients do not resume after this code, which @qlik/api knows as "authentication failed". */
const sessionEnded = 4006
/** After this one @qlik/api resumes by itself, perhaps at another gateway or node. */
const engineEnds = 4003

type Forward = Extract<Decision, { outcome: 'forward' }>

/** Why a socket is stopped: before its 101 by an error, after it by a close frame. */
interface Stop {
  error(): Error
  readonly ending: Ending
}

/** The open web sockets. */
export interface Tunnels {
  /**
   * Opens a web socket at Qlik and joins it with the client's.
   *
   * @param head what came after the request
   * @param options.renew decides again with a new Qlik session, after Qlik has answered that the session is lost, or when
   * its node is gone
   * @param options.rewriteNotification for those of Qlik's notifications that hold addresses of its own
   * @throws before anything was written to the socket: ERR_GATEWAY_UPGRADE (400), ERR_GATEWAY_UPGRADE_VERSION (426),
   * ERR_GATEWAY_USER_SOCKETS (429), ERR_GATEWAY_SOCKETS (503), ERR_GATEWAY_SESSION_ENDED (401), ERR_GATEWAY_CLOSING
   * (503), ERR_GATEWAY_AUDIT (503), ERR_GATEWAY_NODE_GONE (503), and those of `openUpstream`
   */
  open(
    request: GatewayRequest,
    socket: Duplex,
    head: Buffer,
    decision: Forward,
    options?: { renew?: () => Promise<Forward>; rewriteNotification?: RewriteNotification },
  ): Promise<void>
  /** Those that are open, or being opened. */
  readonly count: number
  /** Those of one session, by its ID. */
  countOf(sessionId: string): number
  /** Ends them, so that clients resume elsewhere; opens no more. Resolves when the last one is closed. */
  close(): Promise<void>
}

/** Carries web sockets between clients and Qlik, and ends them with their gateway session. */
export function createTunnels(options: TunnelsOptions): Tunnels {
  const { deployment, transport, nodes, sessions, audit, log, onEvent } = options
  const times = { ...defaultTimes, ...options.limits }
  const { isSessionLost, gatewayRules } = productFor(deployment)
  const sockets = options.sockets ?? createSocketCount(options.limits)
  const pingPayload = randomBytes(8)
  /** Of all sockets, with the node of each whose node is known. */
  const stops = new Map<(stop: Stop) => void, string | undefined>()
  let closing: PromiseWithResolvers<void> | undefined
  const watch = watchSessions((closed) => {
    log?.info(closed, 'sockets of an ended session are closed')
    onEvent?.(closed)
  })

  const drained = (): Stop => ({
    error: () => gatewayErrors.ERR_GATEWAY_CLOSING({ retryAfterSeconds: 1 }),
    ending: { code: engineEnds, reason: 'gateway-closing', frameMs: times.drainMs },
  })
  const revoked = (reason: EndReason): Stop => ({
    error: () => gatewayErrors.ERR_GATEWAY_SESSION_ENDED({}),
    ending: { code: sessionEnded, reason, frameMs: times.frameMs },
  })
  const nodeGone: Stop = {
    error: () => gatewayErrors.ERR_GATEWAY_NODE_GONE({ retryAfterSeconds: 1 }),
    ending: { code: engineEnds, reason: 'node-gone', frameMs: times.frameMs },
  }
  // Those whose connection is not closed by it: the network to the node is away, or the node hangs.
  nodes.onGone((gone) => {
    for (const [stop, node] of [...stops]) if (node === gone) stop(nodeGone)
  })

  return {
    async open(request, socket, head, decision, { renew, rewriteNotification } = {}) {
      socket.on('error', ignore)
      const offer = readUpgrade(request)
      const { session } = decision
      if (!session) throw new TypeError('A web socket needs a session')
      if (socket.destroyed) return
      if (closing) throw drained().error()
      if (session.ended.aborted) throw revoked(session.ended.reason).error()
      const place = takePlace(session)
      try {
        const gone = () => place.abort(clientGone)
        socket.once('close', gone)
        const opened = await openAtQlik(decision, offer, place.signal, renew)
        if (opened.answer.outcome === 'answer') {
          place.free()
          passAnswer(socket, opened.answer, request.id)
          return
        }
        const { socket: upstream, choice } = opened.answer
        const { node } = opened.upstream
        place.isAt(node)
        await record(request, session, opened.upstream).catch((error) => {
          upstream.destroy()
          throw error
        })
        if (upstream.destroyed && !place.signal.aborted) {
          const error = gatewayErrors.ERR_GATEWAY_QLIK_UNREACHABLE({
            reason: 'it closed the connection',
          })
          throw (await nodes.suspect(node, error)) ? nodeGone.error() : error
        }
        if (place.signal.aborted) upstream.destroy()
        place.signal.throwIfAborted()
        socket.off('close', gone)
        accept(socket, head, offer, choice, request.id)
        place.join(socket, upstream, rewriteNotification)
      } catch (error) {
        place.free()
        if (error !== clientGone) throw error
      }
    },
    get count() {
      return stops.size
    },
    countOf: sockets.countOf,
    close() {
      closing ??= Promise.withResolvers()
      for (const stop of [...stops.keys()]) stop(drained())
      if (stops.size === 0) closing.resolve()
      return closing.promise
    },
  }

  /** A socket's place among the open ones, from its request until both sides are closed. */
  function takePlace(session: GatewaySession) {
    const release = sockets.take(session)
    const controller = new AbortController()
    let stop = ({ error }: Stop) => controller.abort(error())
    const onStop = (why: Stop) => stop(why)
    stops.set(onStop, undefined)
    const unwatch = watch(session, (reason) => stop(revoked(reason)))
    const free = () => {
      release()
      unwatch()
      if (stops.delete(onStop) && stops.size === 0) closing?.resolve()
    }
    return {
      signal: controller.signal,
      abort: (reason: unknown) => controller.abort(reason),
      free,
      isAt: (node: string) => void stops.set(onStop, node),
      join(client: Duplex, upstream: Duplex, rewriteNotification?: RewriteNotification) {
        let usedAt = 0
        const { end } = joinSockets({
          client,
          upstream,
          limits: times,
          pingPayload,
          answersPings: !gatewayRules.takesPings,
          rewriteNotification,
          onUse() {
            const now = performance.now()
            if (now - usedAt < useMs) return
            usedAt = now
            sessions.use(session)
          },
          onClosed: free,
        })
        stop = ({ ending }) => end(ending)
      },
    }
  }

  /** Opens it with the Qlik session of the decision; once more with a new one when that, or its node, is gone. */
  async function openAtQlik(
    decision: Forward,
    offer: UpgradeOffer,
    signal: AbortSignal,
    renew?: () => Promise<Forward>,
  ): Promise<{ answer: UpgradeAnswer; upstream: UpstreamSession }> {
    const { target, headers, upstream } = decision
    if (!upstream) throw new TypeError('A web socket needs a Qlik session')
    const { node: origin } = upstream
    try {
      const answer = await openUpstream(
        { target, headers, offer, signal },
        { transport, origin, answerMs: times.answerMs },
      )
      upstream.receiveCookies(answer.headers)
      const isLost = answer.outcome === 'answer' && isSessionLost({ status: answer.status })
      if (!isLost || !renew) return { answer, upstream }
    } catch (error) {
      if (!(await nodes.suspect(origin, error))) throw error
      if (!renew) throw nodeGone.error()
    }
    const renewed = await renew()
    signal.throwIfAborted()
    return openAtQlik(renewed, offer, signal)
  }

  function record(
    { id, address, path }: GatewayRequest,
    { id: session, user, identity }: GatewaySession,
    upstream: UpstreamSession,
  ) {
    return audit.record({
      event: 'socket-open',
      requestId: id,
      session,
      qlikSession: upstream.id,
      hostSubject: identity.subject,
      subject: user.subject,
      address,
      path,
    })
  }
}

/** Answers 101, with what Qlik has chosen. */
function accept(
  socket: Duplex,
  head: Buffer,
  { key }: UpgradeOffer,
  { extensions, protocol }: UpgradeChoice,
  requestId: string,
) {
  const timed = socket as Duplex & { setTimeout?(ms: number): void; setNoDelay?(on: boolean): void }
  timed.setTimeout?.(0)
  timed.setNoDelay?.(true)
  writeHead(socket, 101, [
    ['upgrade', 'websocket'],
    ['connection', 'Upgrade'],
    ['sec-websocket-accept', acceptOf(key)],
    ...(extensions === undefined ? [] : [['sec-websocket-extensions', extensions] as const]),
    ...(protocol === undefined ? [] : [['sec-websocket-protocol', protocol] as const]),
    ['x-request-id', requestId],
  ])
  if (head.length > 0) socket.unshift(head)
}

const clientGone = new Error('The client has closed the connection')
const ignore = () => undefined
