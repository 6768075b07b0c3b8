import type { ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { QlikProduct, Transport } from '../../qlik/index.ts'
import type { Deployment } from '../../token/index.ts'
import { gatewayErrors } from '../errors.ts'
import type { UpstreamNodes } from '../nodes/upstream-nodes.ts'
import type { GatewayRequest } from '../request.ts'
import { askForBody } from '../server/ask-for-body.ts'
import { createUnderWay } from '../server/under-way.ts'
import type { GatewaySession } from '../session/gateway-session.ts'
import type { Site } from '../site.ts'
import { createAnswerHeaders } from './answer-headers.ts'
import type { BasePath } from './base-path.ts'
import type { Decision, Forwarding } from './decision.ts'
import { type ExchangeResult, type RunningExchange, runExchange } from './exchange.ts'
import { type RequestBody, readRequestBody } from './request-body.ts'
import type { HeaderFields } from './request-headers.ts'
import { createAddressRewriter } from './rewrite-addresses.ts'
import { type AgentLimits, createUpstreamAgents } from './upstream-agents.ts'
import { type ForwardTimeouts, isClosedConnection, upstreamFailure } from './upstream-failure.ts'

/** What `createForwarder` takes. */
export interface ForwarderOptions {
  readonly site: Pick<Site, 'publicUrl' | 'host' | 'isSecure' | 'origins'>
  readonly deployment: Deployment
  /** Other host names of the same tenant. */
  readonly hostNames?: readonly string[] | undefined
  /** Where its paths are at the gateway. */
  readonly base: BasePath
  readonly product: Pick<QlikProduct, 'isSessionLost'>
  readonly transport: Pick<Transport, 'createDispatcher'>
  readonly nodes: Pick<UpstreamNodes, 'urls' | 'next' | 'suspect' | 'onGone'>
  readonly limits?: AgentLimits
  readonly timeouts?: Partial<ForwardTimeouts>
  readonly log?: Pick<Logger, 'info' | 'warn'>
}

/** What is added to the answer, and how a request that Qlik refuses may be sent again. */
export interface ForwardOptions {
  /** Fields of the gateway's own, such as those of CORS. They replace Qlik's; `vary` is joined. Default none. */
  readonly added?: HeaderFields
  /** Decides again, under the Qlik session that replaces the one that has ended, or whose node is gone. */
  readonly renew?: (before: Forwarding) => Promise<Decision>
  /**
   * Decides again, under the CSRF token that is valid now.
   *
   * @returns undefined when it is the one that was sent: then Qlik refuses the request for another reason
   */
  readonly renewCsrfToken?: (before: Forwarding) => Promise<Decision | undefined>
}

/** Carries HTTP. */
export interface Forwarder {
  /**
   * Sends the request to Qlik and the answer to the client. Resolves when the answer is written, or the client has
   * gone.
   *
   * @returns another decision, when the renewed one was not to forward: the caller answers it
   * @throws what the caller answers as a problem, with the fields that were to be added set on the response; when
   * the answer has begun already, its connection is closed
   */
  forward(
    request: GatewayRequest,
    response: ServerResponse,
    decision: Forwarding,
    options?: ForwardOptions,
  ): Promise<Exclude<Decision, Forwarding> | undefined>
  /** Connections to Qlik that are open. */
  readonly connections: number
  /** Ends everything that is under way. */
  close(): Promise<void>
}

/** Static files are asked for without credentials, on connections of their own to each node. */
const ofEverybody = (node: string) => `public ${node}`

/**
 * Makes what carries HTTP between clients and Qlik, by connections that belong to one Qlik session each.
 *
 * A 401 says that the Qlik session has ended, and that the request was not carried out: the session is renewed once,
 * and the request sent again when its body has at most 64 kB.
 *
 * When a node is gone before it answered, GET and HEAD are sent once more, to another one; the client sends the others
 * again, since the node may have carried them out.
 */
export function createForwarder(options: ForwarderOptions): Forwarder {
  const { site, deployment, hostNames = [], base, product, transport, nodes, log } = options
  const timeouts: ForwardTimeouts = {
    connectMs: 10_000,
    headersMs: 180_000,
    idleMs: 180_000,
    ...options.timeouts,
  }
  const { idleMs: keepAliveMs = 10_000 } = options.limits ?? {}
  const agents = createUpstreamAgents({
    limits: options.limits ?? {},
    connect: (node) =>
      transport.createDispatcher(node, {
        connectTimeoutMs: timeouts.connectMs,
        headersTimeoutMs: timeouts.headersMs,
        bodyTimeoutMs: timeouts.idleMs,
        idleMs: keepAliveMs,
      }),
  })
  const addresses = createAddressRewriter({
    deploymentUrl: deployment.url,
    nodes: nodes.urls,
    hostNames,
    site,
  })
  const parts = {
    answerHeaders: createAnswerHeaders({ site, addresses, base }),
    addresses,
    idleMs: timeouts.idleMs,
    onLongBody: (request: GatewayRequest) =>
      log?.warn(
        { requestId: request.id },
        'The end of a long answer was not looked through for addresses',
      ),
  }
  const running = createUnderWay<Running>()
  nodes.onGone((gone) => {
    // What has begun may still come to its end.
    for (const { exchange, node, response } of running.list())
      if (node === gone && !response.headersSent) exchange.stop(nodeGone())
  })
  /** Of each session that is seen, the Qlik sessions that it has had. */
  const watched = new WeakMap<AbortSignal, Set<string>>()

  /** A session that ends, ends what is under way for it, and its connections. */
  function watch(session: GatewaySession, upstreamId: string) {
    const { ended } = session
    const known = watched.get(ended)
    known?.add(upstreamId)
    if (known !== undefined) return
    const ids = new Set([upstreamId])
    watched.set(ended, ids)
    const onEnd = () => {
      for (const { exchange, owner } of running.list())
        if (owner?.ended === ended) exchange.stop(gatewayErrors.ERR_GATEWAY_SESSION_ENDED({}))
      for (const id of ids) agents.drop(id)
    }
    ended.addEventListener('abort', onEnd, { once: true })
  }

  /** One try, and further ones while connections turn out to have been closed while they were idle. */
  async function send(
    request: GatewayRequest,
    response: ServerResponse,
    decision: Forwarding,
    context: Context,
  ): Promise<Sent> {
    const { session, upstream } = decision
    const node = upstream?.node ?? nodes.next()
    for (;;) {
      const owner = upstream?.id ?? ofEverybody(node)
      const connection =
        agents.take(owner, node) ?? (await waitForConnection(owner, node, response))
      if (connection === undefined) return { kind: 'client-gone', node }
      const { added, body, holdsBack, reconsiders } = context
      const stream = body?.open()
      const exchange = runExchange(
        { request, response, decision, connection, body: stream, added, holdsBack, reconsiders },
        parts,
      )
      const remove = running.add({ exchange, owner: session, node, response })
      if (session !== undefined && upstream !== undefined) watch(session, upstream.id)
      if (session?.ended.aborted) exchange.stop(gatewayErrors.ERR_GATEWAY_SESSION_ENDED({}))
      const result = await exchange.result
      remove()
      connection.release(result.kind === 'answered' ? 'whole' : 'broken')
      const wasClosed =
        result.kind === 'failed' &&
        !result.hasBegun &&
        body === undefined &&
        isRead(request.method) &&
        connection.isReused &&
        isClosedConnection(result.error)
      if (!wasClosed) return { ...result, node }
    }
  }

  /** Undefined when the client has gone while it waited. */
  async function waitForConnection(owner: string, node: string, response: ServerResponse) {
    const gone = new AbortController()
    const onClose = () => gone.abort()
    response.once('close', onClose)
    try {
      if (response.destroyed) return undefined
      return await agents.wait(owner, node, gone.signal)
    } catch (error) {
      if (gone.signal.aborted) return undefined
      throw error
    } finally {
      response.off('close', onClose)
    }
  }

  /** Whether a try has failed, with nothing passed on, because its node is gone. */
  async function isNodeGone(result: Sent): Promise<boolean> {
    if (result.kind !== 'failed' || result.hasBegun) return false
    return nodes.suspect(result.node, upstreamFailure(result.error, timeouts))
  }

  /** @throws ERR_GATEWAY_NODE_GONE (503) for what is not sent twice */
  async function decideElsewhere(
    request: GatewayRequest,
    body: RequestBody | undefined,
    decision: Forwarding,
    renew: ForwardOptions['renew'],
  ): Promise<Decision> {
    const { upstream } = decision
    if (upstream !== undefined) agents.drop(upstream.id)
    if (!isRead(request.method) || body !== undefined) throw nodeGone()
    if (upstream === undefined) return decision
    if (renew === undefined) throw nodeGone()
    return renew(decision)
  }

  return Object.freeze<Forwarder>({
    async forward(request, response, decision, options = {}) {
      const { added = [], renew, renewCsrfToken } = options
      try {
        askForBody(request, response)
        const body = readRequestBody(request)
        const { upstream } = decision
        let again: Decision | undefined
        const context: Context = {
          added,
          body,
          holdsBack: (status) => upstream !== undefined && product.isSessionLost({ status }),
          reconsiders,
        }
        let result = await send(request, response, decision, context)
        const isGone = result.kind === 'failed' && (await isNodeGone(result))
        if (isGone) again = await decideElsewhere(request, body, decision, renew)
        else if (result.kind === 'held-back' && again === undefined && renew !== undefined) {
          log?.info(
            { requestId: request.id, qlikSession: upstream?.id },
            'The Qlik session has ended',
          )
          if (upstream !== undefined) agents.drop(upstream.id)
          again = await renew(decision)
          if (body?.canRepeat === false)
            throw gatewayErrors.ERR_GATEWAY_SEND_AGAIN({ retryAfterSeconds: 1 })
        }
        if (again !== undefined && (isGone || result.kind === 'held-back')) {
          if (again.outcome !== 'forward') {
            setFields(response, added)
            return again
          }
          result = await send(request, response, again, { ...context, reconsiders: undefined })
          if (await isNodeGone(result)) throw nodeGone()
        }
        if (result.kind === 'held-back') throw gatewayErrors.ERR_GATEWAY_QLIK_REFUSED({})
        if (result.kind === 'failed') throw upstreamFailure(result.error, timeouts)
        return undefined

        /** Qlik's text for a wrong CSRF token is not settled: that it names another one now is the proof. */
        function reconsiders(status: number): Promise<boolean> | undefined {
          const mayHelp = status === 403 && !isRead(request.method) && upstream !== undefined
          if (!mayHelp || renewCsrfToken === undefined || body?.canRepeat === false)
            return undefined
          return renewCsrfToken(decision).then((next) => {
            again = next
            return next !== undefined && body?.canRepeat !== false
          })
        }
      } catch (error) {
        setFields(response, added)
        throw error
      }
    },
    get connections() {
      return agents.size
    },
    async close() {
      for (const { exchange } of running.list())
        exchange.stop(gatewayErrors.ERR_GATEWAY_CLOSING({ retryAfterSeconds: 1 }))
      await agents.close()
    },
  })
}

/** A request that is under way. */
interface Running {
  readonly exchange: RunningExchange
  readonly owner: GatewaySession | undefined
  readonly node: string
  readonly response: ServerResponse
}

/** How a try went, and at which node. */
type Sent = ExchangeResult & { readonly node: string }

const nodeGone = () => gatewayErrors.ERR_GATEWAY_NODE_GONE({ retryAfterSeconds: 1 })

interface Context {
  readonly added: HeaderFields
  readonly body: RequestBody | undefined
  readonly holdsBack: (status: number) => boolean
  readonly reconsiders: ((status: number) => Promise<boolean> | undefined) | undefined
}

const isRead = (method: string) => method === 'GET' || method === 'HEAD' || method === 'OPTIONS'

/** For an answer of the caller's: these fields, and none of an answer of Qlik's that could not be sent. */
function setFields(response: ServerResponse, fields: HeaderFields) {
  if (response.headersSent) return
  for (const name of response.getHeaderNames()) response.removeHeader(name)
  for (const [name, value] of fields) response.setHeader(name, value)
}
