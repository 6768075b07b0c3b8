import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { isJotgateError } from '../errors/index.ts'
import { createTransport, productFor } from '../qlik/index.ts'
import { claimsFor, createSigner, type Deployment, type User } from '../token/index.ts'
import { definedOf, valueOrThrow } from '../values/index.ts'
import { createAuditLog } from './audit/create-audit-log.ts'
import { createAuthorise } from './authorise/create-authorise.ts'
import { createCore } from './core.ts'
import { createEnter } from './enter.ts'
import { gatewayErrors } from './errors.ts'
import type { Programs } from './find-session.ts'
import { createAllowList } from './forward/allow-list.ts'
import { createBelowBase } from './forward/base-path.ts'
import { createCors } from './forward/cors.ts'
import { createDecider } from './forward/decide.ts'
import { createForwarder } from './forward/forward-http.ts'
import { createRefusedPaths } from './forward/refused-paths.ts'
import { createRequestHeaders } from './forward/request-headers.ts'
import { logHealth } from './health-log.ts'
import { readHostNames } from './host-names.ts'
import { createIdentifier } from './identify/several.ts'
import { createLog } from './log.ts'
import type { GatewayOptions } from './options.ts'
import { createOwnAnswers } from './own/own-answers.ts'
import { readTrustedProxies } from './server/client-address.ts'
import { createHandlers } from './server/handlers.ts'
import { type ListeningServer, type ListenLimits, listen } from './server/listen.ts'
import { createRateLimit } from './server/rate-limit.ts'
import { createFetchAlone } from './session/fetch-alone.ts'
import { createGatewaySessions } from './session/gateway-sessions.ts'
import { createIdentityWatch } from './session/identity-watch.ts'
import { createUpstreamSessions } from './session/upstream-sessions.ts'
import { readSite } from './site.ts'
import { createTunnels } from './websocket/tunnels.ts'

/** Where a gateway listens. */
export interface ListenAt {
  /** Default 0, which chooses a free one. */
  readonly port?: number
  /** Default 127.0.0.1: what stands in front of it is on the same machine. */
  readonly host?: string
  readonly limits?: Partial<ListenLimits>
}

/** Which sessions to end: those of somebody as the host application names them, one, or all. */
export type SessionFilter =
  | { readonly subject: string }
  | { readonly sessionId: string }
  | { readonly all: true }

/** How the gateway is. */
export interface GatewayHealth {
  /** Whether sessions can be opened. */
  readonly ready: boolean
  readonly store: boolean
  readonly audit: boolean
  readonly sessions: number
  readonly sockets: number
}

/** A gateway, mounted in a server or with its own. */
export interface Gateway {
  /** Answers a request; `next` is called for what is not the gateway's. Goes before any reader of bodies. */
  readonly handler: (request: IncomingMessage, response: ServerResponse, next?: () => void) => void
  /** Answers the event `upgrade` of a server. */
  readonly upgrade: (
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    next?: () => void,
  ) => void
  /** Listens with a server of its own. @throws ERR_GATEWAY_LISTEN */
  listen(at?: ListenAt): Promise<{ readonly url: string; readonly port: number }>
  /** Ends sessions and closes their sockets at once. @returns how many sessions */
  endSessions(which: SessionFilter): Promise<{ readonly sessions: number }>
  health(): GatewayHealth
  /** Stops taking requests, lets those under way finish, tells sockets to resume elsewhere: within 15 seconds. */
  close(): Promise<void>
}

/**
 * Makes a gateway: people and programs of the host application reach Qlik through it as themselves, and Qlik's
 * cookies stay here.
 *
 * @param options see `GatewayOptions` for units, defaults and bounds
 * @throws ERR_GATEWAY_OPTION, and what the store, the audit log and the identifiers need to begin
 * @see https://qlik.dev/embed/foundational-knowledge/ for why: third-party cookies are blocked
 * @example
 * import { createGateway, identifyByCallback, memoryStore } from 'jotgate/gateway'
 *
 * const key = await readSigningKey({ file: 'keys/qlik.pem', kid: 'acme-1' })
 * const gateway = await createGateway({
 *   publicUrl: 'https://qlik.acme.example',
 *   allowedOrigins: ['https://www.acme.example'],
 *   upstream: { deployment: cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' }), key },
 *   identify: identifyByCallback(async (request) => {
 *     const answer = await fetch('http://127.0.0.1:3000/me', { headers: request.headers })
 *     return answer.ok ? answer.json() : undefined
 *   }),
 *   store: memoryStore(),
 *   audit: { folder: 'audit', key: crypto.getRandomValues(new Uint8Array(32)) },
 * })
 * await gateway.listen({ port: 8080 })
 */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const closers: (() => Promise<unknown> | unknown)[] = []
  // It may fail while something else is waited for, and is closed whatever else fails.
  const store = Promise.resolve(options.store)
  closers.push(() => store.then((opened) => opened.close()).catch(() => undefined))
  store.catch(() => undefined)
  const closeAll = async () => {
    for (const close of closers.splice(0).reverse()) await close()
  }
  try {
    return await assemble(options, closers, closeAll)
  } catch (error) {
    await closeAll()
    throw error
  }
}

/** @param closers what is open, to be closed in the opposite order */
async function assemble(
  options: GatewayOptions,
  closers: (() => Promise<unknown> | unknown)[],
  closeAll: () => Promise<void>,
): Promise<Gateway> {
  const { upstream, sameOrigin, loginUrl, clock = Date.now, log = createLog() } = options
  const { deployment, key, lifetimeSeconds } = upstream
  const hostNames = valueOrThrow(
    readHostNames('upstream.hostNames', upstream.hostNames),
    gatewayErrors.ERR_GATEWAY_OPTION,
  )
  const site = readSite(options.publicUrl, options.allowedOrigins)
  const { readAddress, isTrusted } = valueOrThrow(
    readTrustedProxies('trustedProxies', options.trustedProxies ?? []),
    gatewayErrors.ERR_GATEWAY_OPTION,
  )
  const rates = readRates(options.rates)
  if (sameOrigin === true)
    log.warn(
      'With sameOrigin, extensions of Qlik run as the host application: whoever may install one there can act as each person',
    )
  const product = productFor(deployment)
  const paths = createAllowList({ rules: product.gatewayRules, ...options.paths })
  const below = createBelowBase(product.basePath(deployment))
  const covers = (path: string) => paths.covers(below(path) ?? '')
  const refusedPaths = createRefusedPaths(log)
  const signer = createSigner({ deployment, key, clock, ...definedOf({ lifetimeSeconds }) })
  const identifier = createIdentifier(options.identify, {
    publicUrl: site.publicUrl,
    clock,
    onEvent: (event) =>
      event.type === 'issuer-failed'
        ? log.warn(event, 'An issuer of tokens cannot be asked')
        : log.info(event, 'An issuer of tokens was asked'),
  })
  await identifier.prepare?.()
  const transport = upstream.transport ?? (await createTransport({}))
  const fetch = createFetchAlone(transport)
  if (upstream.transport === undefined) closers.push(() => transport.close())

  const closingMs = createCountdown(maxClosingMs)
  const store = await options.store
  const audit = await createAuditLog({ ...options.audit, store, clock })
  closers.push(() => audit.close())
  closers.push(logHealth({ store, audit }, log))
  const sessions = await createGatewaySessions({
    store,
    clock,
    ...options.session,
    onEnd: ({ id, user, identity }, reason) =>
      audit.recordLater({
        event: 'session-end',
        session: id,
        hostSubject: identity.subject,
        subject: user.subject,
        reason,
      }),
  })
  closers.push(() => sessions.close())
  const upstreamSessions = await createUpstreamSessions({
    product,
    deployment,
    signer,
    sessions,
    store,
    audit,
    clock,
    fetch,
    log,
    endSession: upstream.endSession,
  })
  closers.push(() => upstreamSessions.close(closingMs.left()))
  const watch = createIdentityWatch({ sessions, identifier, clock })
  closers.push(() => watch.close())

  const enter = createEnter({
    identify: (request) => identifier.identify(request),
    authorise: options.authorise ?? createAuthorise(),
    sessions,
    audit,
    userRate: createRateLimit(rates.person),
    problemOf: (user) => problemOf(deployment, user),
  })
  const programs: Programs = {
    identify: (request) => identifier.identify(request),
    admit: async (request, identity) => (await enter.admit(request, identity, 'program')).session,
  }
  const cors = createCors(site)
  const own = createOwnAnswers({
    site,
    cors,
    deployment,
    product,
    sessions,
    upstreamSessions,
    watch,
    enter,
    audit,
    programs,
    clock,
    loginUrl,
    sameOrigin,
  })
  const { decide, decideAgain, decideWithCsrfToken } = createDecider({
    site,
    deployment,
    product,
    paths,
    refusedPaths,
    sessions,
    upstreamSessions,
    watch,
    programs,
    requestHeaders: createRequestHeaders(site),
    audit,
    loginUrl,
    fetch,
  })
  const forwarder = createForwarder({ site, deployment, hostNames, product, transport, log })
  closers.push(() => forwarder.close())
  const tunnels = createTunnels({
    deployment,
    transport,
    sessions,
    audit,
    log,
    ...definedOf({ limits: options.sockets }),
  })
  const handlers = createHandlers({
    core: createCore({
      own,
      cors,
      sessions,
      watch,
      decide,
      decideAgain,
      decideWithCsrfToken,
      forwarder,
      tunnels,
    }),
    site,
    log,
    readAddress,
    addressRate: createRateLimit(rates.address),
    onRefused: audit.countDenial,
    ...(sameOrigin === true && { owns: (path) => own.owns(path) || covers(path) }),
  })
  let server: ListeningServer | undefined
  let closing: Promise<void> | undefined
  return Object.freeze<Gateway>({
    handler: handlers.handler,
    upgrade: handlers.upgrade,
    async listen({ port = 0, host, limits } = {}) {
      server = await listen({
        handlers,
        port,
        log,
        isTrustedPeer: isTrusted,
        onClosing: () => tunnels.close(),
        ...definedOf({ host, limits }),
      })
      return { url: server.url, port: server.port }
    },
    async endSessions(which) {
      const ending = sessions
        .list('subject' in which ? which : {})
        .filter(({ id }) => !('sessionId' in which) || id === which.sessionId)
      await Promise.all(ending.map((session) => sessions.end(session, 'revoked')))
      return { sessions: ending.length }
    },
    health: () => ({
      ready: store.healthy && audit.healthy && closing === undefined,
      store: store.healthy,
      audit: audit.healthy,
      sessions: sessions.size,
      sockets: tunnels.count,
    }),
    close() {
      closing ??= (async () => {
        closingMs.start()
        await (server?.close() ?? tunnels.close())
        await closeAll()
      })()
      return closing
    },
  })
}

/** Closing must be over within 15 seconds: what is left when answers and sockets are, is for endings at Qlik. */
const maxClosingMs = 14_000

/** Counts so many milliseconds down, once it is started. */
function createCountdown(ms: number) {
  let startedAt: number | undefined
  return {
    start() {
      startedAt ??= performance.now()
    },
    left: () => Math.max(0, ms - (performance.now() - (startedAt ?? performance.now()))),
  }
}

/** What one address may ask is much more than a person's pages do, since many may share an address. */
const defaultRates = {
  address: { perSecond: 500, burst: 2000 },
  person: { perSecond: 0.5, burst: 20 },
}

/** @throws ERR_GATEWAY_OPTION */
function readRates(given: GatewayOptions['rates'] = {}): typeof defaultRates {
  const rates = { ...defaultRates, ...definedOf(given) }
  for (const [name, rate] of Object.entries(rates))
    for (const [part, value] of Object.entries(rate))
      if (typeof value !== 'number' || !(value >= 0.01 && value <= 1_000_000))
        throw gatewayErrors.ERR_GATEWAY_OPTION({
          option: `rates.${name}.${part}`,
          problem: 'must be a number from 0.01 to 1000000',
        })
  return rates
}

/** Why Qlik takes no token of a user, such as a missing e-mail address. */
function problemOf(deployment: Deployment, user: User): string | undefined {
  try {
    claimsFor(deployment, user, { jti: '', issuedAt: 0, notBefore: 0, expiresAt: 1 })
    return undefined
  } catch (error) {
    if (isJotgateError(error)) return error.message
    throw error
  }
}
