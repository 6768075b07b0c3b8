import { definedOf, valueOrThrow } from '../values/index.ts'
import { createGatewayAdmin } from './admin/gateway-admin.ts'
import { createAuditLog } from './audit/create-audit-log.ts'
import { gatewayErrors } from './errors.ts'
import { createRefusedPaths } from './forward/refused-paths.ts'
import type { Gateway } from './gateway.ts'
import { logHealth } from './health-log.ts'
import { createLog } from './log.ts'
import { createGatewayMetrics } from './metrics/gateway-metrics.ts'
import type { GatewayOptions } from './options.ts'
import { createReloads } from './reload/reloads.ts'
import { readTrustedProxies } from './server/client-address.ts'
import { createHandlers } from './server/handlers.ts'
import { type ListeningServer, listen } from './server/listen.ts'
import { createRateLimit } from './server/rate-limit.ts'
import { readRates } from './server/rates.ts'
import { createTls, type Tls } from './server/tls.ts'
import { createGatewaySessions } from './session/gateway-sessions.ts'
import type { SharedParts } from './shared-parts.ts'
import { prepareSite, serveSite } from './sites/serve-site.ts'
import { connectUpstream, readUpstream } from './upstream/connect-upstream.ts'

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
  const { clock = Date.now, log = createLog() } = options
  const { readAddress, isTrusted } = valueOrThrow(
    readTrustedProxies('trustedProxies', options.trustedProxies ?? []),
    gatewayErrors.ERR_GATEWAY_OPTION,
  )
  const rates = readRates(options.rates)
  const readOptions = readUpstream(options.upstream, { clock, paths: options.paths })
  const prepared = await prepareSite(options, { clock, log })

  const closingMs = createCountdown(maxClosingMs)
  const metrics = createGatewayMetrics()
  const store = metrics.countStore(await options.store)
  const audit = metrics.countAudit(await createAuditLog({ ...options.audit, store, clock }))
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
  const shared: SharedParts = {
    store,
    audit,
    sessions,
    metrics,
    log,
    clock,
    onClose: (close) => void closers.push(close),
    closingMs: closingMs.left,
  }
  const upstream = await connectUpstream(readOptions, shared, options)
  const { tunnels } = upstream
  const served = serveSite(prepared, upstream, shared, {
    authorise: options.authorise,
    personRate: rates.person,
    refusedPaths: createRefusedPaths(log),
  })
  const handlers = createHandlers({
    core: served.core,
    site: served.site,
    owns: served.owns,
    log,
    readAddress,
    addressRate: createRateLimit(rates.address),
    onRefused: audit.countDenial,
    onAnswered: metrics.onAnswered,
    onProblem: metrics.onProblem,
  })
  let server: ListeningServer | undefined
  let tls: Tls | undefined
  let closing: Promise<void> | undefined
  const health = () => ({
    ready: store.healthy && audit.healthy && closing === undefined,
    store: store.healthy,
    audit: audit.healthy,
    sessions: sessions.size,
    sockets: tunnels.count,
    nodes: upstream.nodes.health(),
  })
  const reloads = createReloads({ log, registry: metrics.registry })
  closers.push(() => reloads.close())
  const admin = createGatewayAdmin(shared, {
    health,
    placeOf: () => ({ deployment: upstream.deployment.url, site: served.site.publicUrl }),
    socketsOf: ({ id }) => tunnels.countOf(id),
    qlikStateOf: (session) => upstream.sessions.stateOf(session),
  })
  return Object.freeze<Gateway>({
    handler: handlers.handler,
    upgrade: handlers.upgrade,
    async listen({ port = 0, host, limits, tls: certificates } = {}) {
      tls = certificates && createTls(certificates, { sites: [served.site], clock })
      server = await listen({
        handlers,
        port,
        log,
        isTrustedPeer: isTrusted,
        onClosing: () => tunnels.close(),
        ...definedOf({ host, limits, tls }),
      })
      return { url: server.url, port: server.port }
    },
    setTls(certificates) {
      if (tls === undefined)
        throw gatewayErrors.ERR_GATEWAY_OPTION({
          option: 'tls',
          problem: 'was not given to `listen`: the gateway serves HTTP',
        })
      tls.replace(certificates)
      return { expiresAt: tls.expiresAt }
    },
    async endSessions(which) {
      const ending = sessions
        .list('subject' in which ? which : {})
        .filter(({ id }) => !('sessionId' in which) || id === which.sessionId)
      await Promise.all(ending.map((session) => sessions.end(session, 'revoked')))
      return { sessions: ending.length }
    },
    health,
    listenAdmin: (at) => admin.listen(at),
    setSigningKey(key) {
      upstream.signer.replaceKey(key)
      audit.recordLater({ event: 'administration', reason: `the signing key is now ${key.kid}` })
    },
    reloadOnChange: (what) => reloads.add(what),
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
