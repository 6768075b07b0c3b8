import { isJotgateError } from '../../errors/index.ts'
import type { QlikProduct, QlikSession } from '../../qlik/index.ts'
import { definedOf } from '../../values/index.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import { denialReasonOf } from '../errors.ts'
import { findSession, isProgram, type Programs } from '../find-session.ts'
import type { UpstreamNodes } from '../nodes/upstream-nodes.ts'
import { rememberByObject } from '../remember.ts'
import type { GatewayRequest } from '../request.ts'
import { assertOneCredential } from '../server/read-request.ts'
import { hasSessionCookie } from '../session/cookie.ts'
import type { GatewaySession, GatewaySessions } from '../session/gateway-session.ts'
import type { UpstreamSession, UpstreamSessions } from '../session/upstream-session.ts'
import type { Site } from '../site.ts'
import { type AllowList, unlistedRoute } from './allow-list.ts'
import type { BasePath } from './base-path.ts'
import type { Decide, Decision, Route } from './decision.ts'
import { addressOf, toLoginAddress } from './login-address.ts'
import { withOwnEngineSession } from './own-engine-session.ts'
import { assertPage } from './page-rules.ts'
import { pathRefusal } from './path-refusal.ts'
import type { RefusedPaths } from './refused-paths.ts'
import type { RequestHeaders } from './request-headers.ts'
import { toTarget } from './target.ts'

/** What a decision is made with. */
export interface DecideParts {
  readonly site: Site
  readonly base: BasePath
  /** Whether each gateway session has engine sessions of its own. Default false. */
  readonly isolate?: boolean | undefined
  readonly product: QlikProduct
  readonly paths: AllowList
  /** Whether static files are given to who has no session. Default true. */
  readonly anonymous?: boolean
  readonly refusedPaths: RefusedPaths
  readonly sessions: Pick<GatewaySessions, 'find' | 'findByToken' | 'use'>
  readonly upstreamSessions: Pick<UpstreamSessions, 'sessionFor' | 'renew'>
  readonly nodes: Pick<UpstreamNodes, 'suspect'>
  /**
   * Asks the host application whether it is still the same person, and ends the session when it is not.
   * Rejects with ERR_GATEWAY_HOST_SILENT when there is no answer.
   */
  readonly watch: { check(session: GatewaySession, request: GatewayRequest): Promise<unknown> }
  readonly programs: Programs
  readonly requestHeaders: RequestHeaders
  readonly audit: Pick<AuditLog, 'countDenial'>
  /** Where the host application logs people in. */
  readonly loginUrl?: string | undefined
  /** How Qlik is asked for the CSRF token of a web socket. Default the runtime's. */
  readonly fetch?: typeof fetch | undefined
}

/** A request that goes to Qlik as a person. */
export type Forwarding = Extract<Decision, { outcome: 'forward' }>

/** Decides, and decides again when Qlik says that its session has ended, or its node is gone. */
export interface Decider {
  readonly decide: Decide
  /** The same request under the Qlik session that replaces the one of the decision. */
  readonly decideAgain: (
    request: GatewayRequest,
    kind: 'http' | 'upgrade',
    before: Forwarding,
  ) => Promise<Decision>
  /**
   * The same request under the CSRF token that Qlik names now; undefined when that is the one of the decision, or
   * Qlik does not say.
   */
  readonly decideWithCsrfToken: (
    request: GatewayRequest,
    before: Forwarding,
  ) => Promise<Decision | undefined>
}

/** Makes the decision of each request and each upgrade: one function for both, so that neither has fewer checks. */
export function createDecider(parts: DecideParts): Decider {
  const { product, base, site, sessions, upstreamSessions, anonymous = true } = parts
  const credentials = new Set(
    product.gatewayRules.credentialParameters.map((name) => name.toLowerCase()),
  )

  /** A Qlik session that changes is another object. */
  const authorizationOf = rememberByObject((session: QlikSession) => product.authorizeHttp(session))

  /** Path, page, person, Qlik session: each step refuses by an error, and none is left out. */
  const decide: Decide = (request, kind) =>
    failClosed(request, async () => {
      const route = listedRoute(request, kind) ?? (await refuseUnlisted(request, kind))
      assertCredentials(request, kind)
      const isPublic = route.access === 'public'
      if (isPublic && anonymous) return forwardPublic(request, route)
      const session = await findSession(request, parts)
      if (session === undefined) return logIn(request, kind)
      await parts.watch.check(session, request)
      if (session.ended.aborted) return logIn(request, kind)
      sessions.use(session)
      if (isPublic) return forwardPublic(request, route)
      noteUnlisted(request, kind, route)
      const upstream = await upstreamSessions.sessionFor(session)
      return forwardOrRenew(request, kind, { route, session, upstream })
    })

  const decideAgain: Decider['decideAgain'] = (request, kind, before) =>
    failClosed(request, async () => {
      const { route, session, upstream: lost } = before
      if (session === undefined || lost === undefined) return before
      const upstream = await upstreamSessions.renew(session, lost)
      return forwardAs(request, kind, { route, session, upstream })
    })

  const decideWithCsrfToken: Decider['decideWithCsrfToken'] = async (request, before) => {
    const { route, session, upstream } = before
    if (session === undefined || upstream === undefined) return undefined
    const asked = { session: upstream.current, ...definedOf({ fetch: parts.fetch }) }
    // The refusal is the better answer when this fails too.
    const renewed = await product.renewCsrfToken(asked).catch(() => undefined)
    if (renewed?.csrfToken === undefined) return undefined
    upstream.receiveCsrfToken(renewed.csrfToken)
    return failClosed(request, () => forwardAs(request, 'http', { route, session, upstream }))
  }

  /** Whatever fails on the way denies. */
  const failClosed = async (
    request: GatewayRequest,
    steps: () => Promise<Decision>,
  ): Promise<Decision> => {
    try {
      return await steps()
    } catch (error) {
      const { address } = request
      // A refusal of the request, not a failure of the gateway or of what stands behind it. Who may not enter has
      // a line of their own.
      const isRefusal = isJotgateError(error) && error.status < 500
      if (isRefusal && error.code !== 'ERR_GATEWAY_NOT_AUTHORISED')
        parts.audit.countDenial({ address, reason: denialReasonOf(error) })
      return { outcome: 'deny', error: error as Error }
    }
  }

  /** Undefined for what no line has. */
  const listedRoute = (request: GatewayRequest, kind: Kind): Route | undefined => {
    const method = methodOf(request, kind)
    const path = base.below(request.path)
    // What is beside the base path belongs to another virtual proxy, and no setting opens it.
    if (path === undefined) throw pathRefusal(method, 'elsewhere')
    const found = parts.paths.find(method, path)
    if (found.verdict === 'closed') throw pathRefusal(method, 'closed')
    return found.route
  }

  const refuseUnlisted = async (request: GatewayRequest, kind: Kind): Promise<never> => {
    const method = methodOf(request, kind)
    const path = base.below(request.path)
    // Of people alone: whoever tries paths out would fill the log.
    if (path !== undefined && (await sessions.find(request)) !== undefined)
      parts.refusedPaths.note(request, method, path, false)
    throw pathRefusal(method, 'unlisted')
  }

  const noteUnlisted = (request: GatewayRequest, kind: Kind, route: Route) => {
    const path = base.below(request.path)
    if (route === unlistedRoute && path !== undefined)
      parts.refusedPaths.note(request, methodOf(request, kind), path, true)
  }

  const assertCredentials = (request: GatewayRequest, kind: Kind) => {
    assertOneCredential(request, hasSessionCookie(request))
    assertPage(request, { site, kind, isProgram: isProgram(request) })
  }

  const logIn = (request: GatewayRequest, kind: Kind): Decision => {
    parts.audit.countDenial({ address: request.address, reason: 'no session' })
    const { loginUrl } = parts
    if (loginUrl === undefined || kind === 'upgrade' || !isNavigation(request, base))
      return { outcome: 'log-in' }
    return { outcome: 'log-in', location: toLoginAddress(loginUrl, addressOf(request, site)) }
  }

  /** @param owner whose engine session a web socket has, apart from those of the same user's other sessions */
  const targetOf = (
    { path, query }: GatewayRequest,
    add: Readonly<Record<string, string>>,
    owner?: string,
  ) => {
    const below = base.below(path) ?? ''
    const own = owner === undefined ? below : withOwnEngineSession(below, owner)
    return toTarget(base.toQlik(own), query, { drop: credentials, add })
  }

  const forwardPublic = (request: GatewayRequest, route: Route): Decision => ({
    outcome: 'forward',
    route,
    target: targetOf(request, {}),
    headers: parts.requestHeaders(request, route),
  })

  const forwardAs = async (request: GatewayRequest, kind: Kind, authorised: Authorised) => {
    const { route, session, upstream } = authorised
    const { headers, query } =
      kind === 'http' ? authorizationOf(upstream.current) : await authorizeUpgrade(upstream)
    // It may have ended while Qlik was asked.
    if (session.ended.aborted) return logIn(request, kind)
    const isApart = parts.isolate === true && kind === 'upgrade'
    const { rewrites } = route
    return {
      outcome: 'forward' as const,
      ...authorised,
      target: targetOf(request, query, isApart ? session.id.slice(0, 16) : undefined),
      headers: parts.requestHeaders(request, { credentials: headers, rewrites }),
    }
  }

  /** The same; under another Qlik session when it turns out only now that the one that it had, or its node, is gone. */
  const forwardOrRenew = async (
    request: GatewayRequest,
    kind: Kind,
    authorised: Authorised,
  ): Promise<Decision> => {
    try {
      return await forwardAs(request, kind, authorised)
    } catch (error) {
      const isLost =
        isJotgateError(error, 'ERR_QLIK_NOT_LOGGED_IN') ||
        (await parts.nodes.suspect(authorised.upstream.node, error))
      if (!isLost) throw error
      const upstream = await upstreamSessions.renew(authorised.session, authorised.upstream)
      return forwardAs(request, kind, { ...authorised, upstream })
    }
  }

  const authorizeUpgrade = async (upstream: UpstreamSession) => {
    const { current } = upstream
    const asked = { session: current, ...definedOf({ fetch: parts.fetch }) }
    const prepared = await product.prepareUpgrade(asked)
    const { csrfToken } = prepared
    if (csrfToken !== undefined && csrfToken !== current.csrfToken)
      upstream.receiveCsrfToken(csrfToken)
    return product.authorizeUpgrade(prepared)
  }

  return { decide, decideAgain, decideWithCsrfToken }
}

type Kind = 'http' | 'upgrade'

interface Authorised {
  readonly route: Route
  readonly session: GatewaySession
  readonly upstream: UpstreamSession
}

const methodOf = ({ method }: GatewayRequest, kind: Kind) => (kind === 'upgrade' ? kind : method)

/** A page that a person sees. Never under /api, where a redirect would be read as an answer. */
function isNavigation(request: GatewayRequest, base: BasePath): boolean {
  if (request.method !== 'GET' || base.below(request.path)?.startsWith('/api/')) return false
  const mode = request.field('sec-fetch-mode')
  if (mode !== undefined) return mode === 'navigate'
  return request.field('accept')?.includes('text/html') ?? false
}
