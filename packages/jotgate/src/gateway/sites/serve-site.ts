import type { Logger } from 'pino'
import { auditAt } from '../audit/audit-at.ts'
import { createEnter } from '../enter.ts'
import type { Programs } from '../find-session.ts'
import { createCors } from '../forward/cors.ts'
import type { RefusedPaths } from '../forward/refused-paths.ts'
import type { Identifier, Identity } from '../identify/identity.ts'
import { createIdentifier } from '../identify/several.ts'
import type { GatewayRequest } from '../request.ts'
import type { GatewayCore } from '../server/handlers.ts'
import { createRateLimit, type Rate } from '../server/rate-limit.ts'
import { createIdentityWatch } from '../session/identity-watch.ts'
import type { SharedParts } from '../shared-parts.ts'
import type { ConnectedUpstream } from '../upstream/connect-upstream.ts'
import { createChoosingCore } from './choosing-core.ts'
import type { ReadSiteOptions } from './read-sites.ts'
import { type SiteParts, serveDeployment } from './serve-deployment.ts'
import { createUpstreamChoice } from './upstream-choice.ts'

/** A site whose options were checked, and which can say who sends a request. */
export interface PreparedSite extends ReadSiteOptions {
  readonly identifier: Identifier
}

/** A site that answers. */
export interface ServedSite {
  readonly core: GatewayCore
  /** Whether a path is the gateway's: all but with `sameOrigin`. */
  owns(path: string): boolean
}

/**
 * Prepares what says who sends a request to a site.
 *
 * @throws ERR_GATEWAY_OPTION, and what the identifiers need to begin
 */
export async function prepareSite(
  read: ReadSiteOptions,
  { clock, log }: { readonly clock: () => number; readonly log: Logger },
): Promise<PreparedSite> {
  if (read.sameOrigin === true)
    log.warn(
      { site: read.site.publicUrl },
      'With sameOrigin, extensions of Qlik run as the host application: whoever may install one there can act as each person',
    )
  const identifier = createIdentifier(read.identify, {
    publicUrl: read.site.publicUrl,
    clock,
    onEvent: (event) =>
      event.type === 'issuer-failed'
        ? log.warn(event, 'An issuer of tokens cannot be asked')
        : log.info(event, 'An issuer of tokens was asked'),
  })
  await identifier.prepare?.()
  return { ...read, identifier }
}

/** Makes what a site answers with: who enters, and what they reach. */
export function serveSite(
  prepared: PreparedSite,
  upstreams: ReadonlyMap<string, ConnectedUpstream>,
  shared: SharedParts,
  options: {
    readonly personRate: Rate
    readonly refusedPaths: RefusedPaths
  },
): ServedSite {
  const { site, identifier, loginUrl, sameOrigin, staticFilesFrom } = prepared
  const { sessions, clock } = shared
  const audit = auditAt(shared.audit, shared.placeOf({ site: site.publicUrl }))
  const upstreamNamed = (name: string): ConnectedUpstream => {
    const found = upstreams.get(name)
    if (found === undefined) throw new TypeError('The session is for no deployment of the gateway')
    return found
  }
  const watch = createIdentityWatch({ sessions, identifier, clock })
  shared.onClose(() => watch.close())
  const identify = identifyOnce(identifier)
  const enter = createEnter({
    site: site.publicUrl,
    identify,
    authorise: prepared.authorise,
    chooseUpstream: createUpstreamChoice(prepared.upstream, new Set(upstreams.keys())),
    sessions,
    audit,
    userRate: createRateLimit(options.personRate),
    placeOf: shared.placeOf,
    problemOf: (user, name) => upstreamNamed(name).problemOf(user),
  })
  const programs: Programs = {
    identify,
    admit: async (request, identity) => (await enter.admit(request, identity, 'program')).session,
  }
  const parts: SiteParts = {
    site,
    cors: createCors(site),
    watch,
    enter,
    programs,
    refusedPaths: options.refusedPaths,
    loginUrl,
    sameOrigin,
    upstreamOf: (session) => upstreamNamed(session.upstream),
  }
  const serve = (name: string, anonymous: boolean) =>
    serveDeployment(parts, upstreamNamed(name), { ...shared, audit }, { anonymous })
  if (prepared.upstream !== undefined) {
    const { core, owns } = serve(prepared.upstream, true)
    return { core, owns: (path) => sameOrigin !== true || owns(path) }
  }
  const deployments = new Map(
    [...upstreams.keys()].map((name) => [name, serve(name, name === staticFilesFrom)]),
  )
  const withoutSession = staticFilesFrom
  return {
    core: createChoosingCore({ deployments, withoutSession, sessions, programs, enter }),
    owns: (path) => sameOrigin !== true || [...deployments.values()].some(({ owns }) => owns(path)),
  }
}

/** Where a person decides about the deployment, a request asks twice who sends it. */
function identifyOnce(identifier: Identifier) {
  const known = new WeakMap<GatewayRequest, Promise<Identity | undefined>>()
  return (request: GatewayRequest): Promise<Identity | undefined> => {
    const asked = known.get(request) ?? identifier.identify(request)
    known.set(request, asked)
    return asked
  }
}
