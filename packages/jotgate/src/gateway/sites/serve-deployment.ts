import { createCore } from '../core.ts'
import type { Enter } from '../enter.ts'
import type { Programs } from '../find-session.ts'
import type { Cors } from '../forward/cors.ts'
import { createDecider } from '../forward/decide.ts'
import { createForwarder } from '../forward/forward-http.ts'
import { createNotificationsFor } from '../forward/notifications.ts'
import type { RefusedPaths } from '../forward/refused-paths.ts'
import { createRequestHeaders } from '../forward/request-headers.ts'
import { createOwnAnswers } from '../own/own-answers.ts'
import type { GatewayCore } from '../server/handlers.ts'
import type { GatewaySession } from '../session/gateway-session.ts'
import type { IdentityWatch } from '../session/identity-watch.ts'
import type { SharedParts } from '../shared-parts.ts'
import type { Site } from '../site.ts'
import type { ConnectedUpstream } from '../upstream/connect-upstream.ts'

/** One deployment at one site. */
export interface ServedDeployment {
  readonly core: GatewayCore
  /** Whether a path is the gateway's own, or one of the allow-list. */
  owns(path: string): boolean
}

/** What a site has once, for all its deployments. */
export interface SiteParts {
  readonly site: Site
  readonly cors: Cors
  readonly watch: IdentityWatch
  readonly enter: Enter
  readonly programs: Programs
  readonly refusedPaths: RefusedPaths
  readonly loginUrl: string | undefined
  readonly sameOrigin: boolean | undefined
  /** The deployment that a session is for. */
  upstreamOf(session: GatewaySession): ConnectedUpstream
}

/** Makes what the people of a site reach a deployment by: the gateway's own answers, the decision, the forwarding. */
export function serveDeployment(
  parts: SiteParts,
  upstream: ConnectedUpstream,
  shared: SharedParts,
  { anonymous }: { readonly anonymous: boolean },
): ServedDeployment {
  const { site, cors, watch, enter, programs, refusedPaths, loginUrl, sameOrigin } = parts
  const { deployment, product, hostNames, base, paths, transport, fetch, nodes, tunnels } = upstream
  const { sessions, audit, clock, log } = shared
  const own = createOwnAnswers({
    site,
    cors,
    deployment,
    product,
    base,
    sessions,
    upstreamOf: parts.upstreamOf,
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
    anonymous,
    refusedPaths,
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
    core: createCore({
      ...{ own, cors, sessions, watch, ...decider, forwarder, tunnels },
      notificationsFor: createNotificationsFor({
        site,
        loginUrl,
        rules: product.gatewayRules,
        log,
      }),
    }),
    owns: (path) => own.owns(path) || upstream.covers(path),
  }
}
