import { definedOf, valueOrThrow } from '../values/index.ts'
import { createGatewayAdmin } from './admin/gateway-admin.ts'
import { createAuditLog } from './audit/create-audit-log.ts'
import { gatewayErrors } from './errors.ts'
import { createRefusedPaths } from './forward/refused-paths.ts'
import type { Gateway, GatewayHealth } from './gateway.ts'
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
import type { GatewaySessions } from './session/gateway-session.ts'
import { createGatewaySessions } from './session/gateway-sessions.ts'
import type { SharedParts } from './shared-parts.ts'
import { readSites } from './sites/read-sites.ts'
import { prepareSite, type ServedSite, serveSite } from './sites/serve-site.ts'
import { countSessions, endMisplaced, findSessions } from './sites/sessions-of-sites.ts'
import { createSites } from './sites/sites.ts'
import {
  type ConnectedUpstream,
  connectUpstream,
  readUpstream,
} from './upstream/connect-upstream.ts'
import { createSocketCount } from './websocket/socket-count.ts'

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
  const { sites, upstreams, warnings } = readSites(options)
  for (const warning of warnings) log.warn(warning)
  const behind = upstreams.map((one) => readUpstream(one, { clock, paths: options.paths }))
  const socketCount = createSocketCount(options.sockets)
  const prepared = await Promise.all(sites.map((one) => prepareSite(one, { clock, log })))

  const placeOf: SharedParts['placeOf'] = ({ site, upstream }) => ({
    ...(sites.length > 1 && definedOf({ site })),
    ...(upstreams.length > 1 && definedOf({ upstream })),
  })
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
    onEnd: (session, reason) =>
      audit.recordLater({
        event: 'session-end',
        ...placeOf(session),
        session: session.id,
        hostSubject: session.identity.subject,
        subject: session.user.subject,
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
    placeOf,
    onClose: (close) => void closers.push(close),
    closingMs: closingMs.left,
  }
  await endMisplaced(sessions, { sites, upstreams })
  const connected = new Map<string, ConnectedUpstream>()
  for (const one of behind) {
    const isOther = (name: unknown) =>
      name !== one.name && upstreams.some((another) => another.name === name)
    connected.set(one.name, await connectUpstream(one, shared, { sockets: socketCount, isOther }))
  }
  const upstreamNamed = (name: string): ConnectedUpstream => {
    const found = connected.get(name)
    if (found === undefined) throw new TypeError('There is no such upstream')
    return found
  }
  const refusedPaths = createRefusedPaths(log)
  const personRate = rates.person
  const served = new Map(
    prepared.map((one) => [
      one.site.publicUrl,
      serveSite(one, connected, shared, { personRate, refusedPaths }),
    ]),
  )
  const servedAt = (site: string): ServedSite => {
    const found = served.get(site)
    if (found === undefined) throw new TypeError('There is no such site')
    return found
  }
  const closeSockets = async () => {
    await Promise.all([...connected.values()].map(({ tunnels }) => tunnels.close()))
  }
  const ownSites = createSites(sites.map(({ site }) => site))
  const handlers = createHandlers({
    core: {
      handle: (request, response) => servedAt(request.site).core.handle(request, response),
      upgrade: (request, socket, head) =>
        servedAt(request.site).core.upgrade(request, socket, head),
    },
    sites: ownSites,
    owns: (site, path) => servedAt(site).owns(path),
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
    sockets: socketCount.count,
    nodes: [...connected.values()].flatMap(({ nodes }) => nodes.health()),
    ...(connected.size > 1 && { upstreams: healthOf(connected, sessions) }),
  })
  const reloads = createReloads({ log, registry: metrics.registry })
  closers.push(() => reloads.close())
  // Two virtual proxies of one server have one address, so several go by their names.
  const shownDeployment = (upstream: string) =>
    connected.size > 1 ? upstream : upstreamNamed(upstream).deployment.url
  const admin = createGatewayAdmin(shared, {
    health,
    placeOf: ({ site, upstream }) => ({ deployment: shownDeployment(upstream), site }),
    places: {
      deployment: [...connected.keys()].map(shownDeployment),
      site: sites.map(({ site }) => site.publicUrl),
    },
    socketsOf: ({ id }) => socketCount.countOf(id),
    qlikStateOf: (session) => upstreamNamed(session.upstream).sessions.stateOf(session),
  })
  return Object.freeze<Gateway>({
    handler: handlers.handler,
    upgrade: handlers.upgrade,
    async listen({ port = 0, host, limits, tls: certificates } = {}) {
      tls = certificates && createTls(certificates, { sites: ownSites.all, clock })
      server = await listen({
        handlers,
        port,
        log,
        isTrustedPeer: isTrusted,
        onClosing: closeSockets,
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
      const ending = findSessions(sessions, which, { sites, upstreams })
      await Promise.all(ending.map((session) => sessions.end(session, 'revoked')))
      return { sessions: ending.length }
    },
    health,
    listenAdmin: (at) => admin.listen(at),
    setSigningKey(key, upstream = connected.size === 1 ? upstreams[0]?.name : undefined) {
      if (upstream === undefined || !connected.has(upstream))
        throw gatewayErrors.ERR_GATEWAY_OPTION({
          option: 'upstream',
          problem: 'must be the name of one of `upstreams`',
        })
      upstreamNamed(upstream).signer.replaceKey(key)
      const reason = `the signing key is now ${key.kid}`
      audit.recordLater({ event: 'administration', ...placeOf({ upstream }), reason })
    },
    reloadOnChange: (what) => reloads.add(what),
    close() {
      closing ??= (async () => {
        closingMs.start()
        await (server?.close() ?? closeSockets())
        await closeAll()
      })()
      return closing
    },
  })
}

/** How many sessions and sockets there are of each deployment. */
function healthOf(
  connected: ReadonlyMap<string, ConnectedUpstream>,
  sessions: GatewaySessions,
): NonNullable<GatewayHealth['upstreams']> {
  const sessionsOf = countSessions(sessions)
  return [...connected].map(([name, { tunnels }]) => ({
    name,
    sessions: sessionsOf(name),
    sockets: tunnels.count,
  }))
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
