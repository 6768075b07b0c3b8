import type { Logger } from 'pino'
import { createAuthorise } from '../authorise/create-authorise.ts'
import { createCore } from '../core.ts'
import { createEnter } from '../enter.ts'
import type { Programs } from '../find-session.ts'
import { createCors } from '../forward/cors.ts'
import { createDecider } from '../forward/decide.ts'
import { createForwarder } from '../forward/forward-http.ts'
import { createNotificationsFor } from '../forward/notifications.ts'
import type { RefusedPaths } from '../forward/refused-paths.ts'
import { createRequestHeaders } from '../forward/request-headers.ts'
import type { Identifier } from '../identify/identity.ts'
import { createIdentifier } from '../identify/several.ts'
import type { GatewayOptions } from '../options.ts'
import { createOwnAnswers } from '../own/own-answers.ts'
import type { GatewayCore } from '../server/handlers.ts'
import { createRateLimit, type Rate } from '../server/rate-limit.ts'
import { createIdentityWatch } from '../session/identity-watch.ts'
import type { SharedParts } from '../shared-parts.ts'
import { readSite, type Site } from '../site.ts'
import type { ConnectedUpstream } from '../upstream/connect-upstream.ts'

/** A site whose options were checked, and which can say who sends a request. */
export interface PreparedSite {
  readonly site: Site
  readonly identifier: Identifier
  readonly loginUrl: string | undefined
  readonly sameOrigin: boolean | undefined
}

/** A site that answers. */
export interface ServedSite extends PreparedSite {
  readonly core: GatewayCore
  /** Whether a path is the gateway's: all but with `sameOrigin`. */
  owns(path: string): boolean
}

/**
 * Reads the options of one site, and prepares what says who sends a request.
 *
 * @throws ERR_GATEWAY_OPTION, and what the identifiers need to begin
 */
export async function prepareSite(
  options: Pick<
    GatewayOptions,
    'publicUrl' | 'allowedOrigins' | 'loginUrl' | 'sameOrigin' | 'identify'
  >,
  { clock, log }: { readonly clock: () => number; readonly log: Logger },
): Promise<PreparedSite> {
  const { loginUrl, sameOrigin } = options
  const site = readSite(options.publicUrl, options.allowedOrigins)
  if (sameOrigin === true)
    log.warn(
      'With sameOrigin, extensions of Qlik run as the host application: whoever may install one there can act as each person',
    )
  const identifier = createIdentifier(options.identify, {
    publicUrl: site.publicUrl,
    clock,
    onEvent: (event) =>
      event.type === 'issuer-failed'
        ? log.warn(event, 'An issuer of tokens cannot be asked')
        : log.info(event, 'An issuer of tokens was asked'),
  })
  await identifier.prepare?.()
  return { site, identifier, loginUrl, sameOrigin }
}

/** Makes what a site answers with: who enters, the gateway's own answers, the decision, the forwarding. */
export function serveSite(
  prepared: PreparedSite,
  upstream: ConnectedUpstream,
  shared: SharedParts,
  options: {
    readonly authorise: GatewayOptions['authorise']
    readonly personRate: Rate
    readonly refusedPaths: RefusedPaths
  },
): ServedSite {
  const { site, identifier, loginUrl, sameOrigin } = prepared
  const { deployment, product, hostNames, base, paths, transport, fetch, nodes, tunnels } = upstream
  const { sessions, audit, clock, log } = shared
  const watch = createIdentityWatch({ sessions, identifier, clock })
  shared.onClose(() => watch.close())
  const enter = createEnter({
    identify: (request) => identifier.identify(request),
    authorise: options.authorise ?? createAuthorise(),
    sessions,
    audit,
    userRate: createRateLimit(options.personRate),
    problemOf: upstream.problemOf,
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
    base,
    sessions,
    upstreamSessions: upstream.sessions,
    watch,
    enter,
    audit,
    programs,
    clock,
    loginUrl,
    sameOrigin,
  })
  const decider = createDecider({
    site,
    base,
    isolate: upstream.options.isolate,
    product,
    paths,
    refusedPaths: options.refusedPaths,
    sessions,
    upstreamSessions: upstream.sessions,
    nodes,
    watch,
    programs,
    requestHeaders: createRequestHeaders(site),
    audit,
    loginUrl,
    fetch,
  })
  const forwarder = createForwarder({
    site,
    deployment,
    hostNames,
    base,
    product,
    transport,
    nodes,
    log,
  })
  shared.onClose(() => forwarder.close())
  return {
    ...prepared,
    core: createCore({
      ...{ own, cors, sessions, watch, ...decider, forwarder, tunnels },
      notificationsFor: createNotificationsFor({
        site,
        loginUrl,
        rules: product.gatewayRules,
        log,
      }),
    }),
    owns: (path) => sameOrigin !== true || own.owns(path) || upstream.covers(path),
  }
}
