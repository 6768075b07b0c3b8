import type { IncomingMessage } from 'node:http'
import { type AppPath, parseAppPath } from '../../../http/app-path.ts'
import { baseUrlOf, checkTarget, toTargetUrl } from '../../../http/request-target.ts'
import type { ClientManaged } from '../../client-managed.ts'
import { engineService, runningState } from '../../repository/nodes.ts'
import type { VirtualProxyConfig } from '../../repository/virtual-proxy.ts'
import type { ClientManagedSwitches } from '../../switches.ts'
import { type ProxyRefusal, proxyTexts, refuseWith, wrongHeader, wrongTarget } from '../answers.ts'
import { type Authentication, authenticate } from '../authenticate.ts'
import { findVirtualProxy } from '../find-virtual-proxy.ts'
import { checkHeaderLimits } from '../header-limits.ts'
import { isAllowedOrigin, switchThatRefuses } from '../host-allow-list.ts'
import { nodeAt } from '../node-at.ts'
import { loginUriOf } from '../personal-api.ts'
import type { ProxySession } from '../sessions.ts'

/** What the rules say about the handshake of a web socket. */
export interface UpgradeEvaluation {
  readonly url: URL
  readonly config?: VirtualProxyConfig
  readonly authentication?: Authentication
  readonly outcome:
    | { readonly kind: 'refused'; readonly refusal: ProxyRefusal }
    /** Opened, told to log in, and closed. */
    | {
        readonly kind: 'log-in'
        readonly loginUri: string | undefined
        readonly decidedBy?: keyof ClientManagedSwitches | undefined
      }
    /** Opened, told why the user may have no web socket, and closed. */
    | {
        readonly kind: 'denied'
        readonly session: ProxySession
        readonly notification:
          | 'OnMaxParallelSessionsExceeded'
          | 'OnLicenseAccessDenied'
          | 'OnNoEngineAvailable'
        readonly decidedBy?: keyof ClientManagedSwitches
      }
    | { readonly kind: 'accepted'; readonly session: ProxySession; readonly app: AppPath }
}

/** Why the page, or the program, may not open a web socket; its proxy’s log has the text (community 2539417). */
function checkCrossSite(
  site: ClientManaged,
  request: IncomingMessage,
  config: VirtualProxyConfig,
): ProxyRefusal | undefined {
  const switches = site.switches.get()
  const refuse = (detail: string, decidedBy?: Parameters<typeof refuseWith>[2]) =>
    refuseWith(403, proxyTexts.crossSiteSocket, { form: 'empty', detail, ...decidedBy })
  const { origin, authorization } = request.headers
  if (origin === undefined) {
    if (switches.webSocketWithoutOrigin === 'refused')
      return refuse('The handshake has no Origin', { decidedBy: 'webSocketWithoutOrigin' })
  } else {
    const own = new URL(baseUrlOf(request)).hostname
    const list = config.websocketCrossOriginWhiteList
    if (!isAllowedOrigin(origin, { own, list }, switches))
      return refuse('The host allow list does not have the Origin', {
        decidedBy: switchThatRefuses(origin, { own, list }, switches),
      })
  }
  const isNew = switches.proxyRelease === 'november-2024'
  if (isNew && authorization !== undefined && switches.webSocketAuthorization === 'refused')
    return refuse('The handshake has an Authorization header', {
      decidedBy: 'webSocketAuthorization',
    })
  return undefined
}

/**
 * From November 2024 on the token of `/qps/csrftoken` must be in the query, and of the same session. Where Authorization
 * is taken, it counts in its place: no page can send one, and enigma.js's own example has a token of another session.
 */
function checkCsrfToken(
  site: ClientManaged,
  { headers }: IncomingMessage,
  url: URL,
  session: ProxySession | undefined,
): ProxyRefusal | undefined {
  const { proxyRelease, csrfTokenLife } = site.switches.get()
  if (proxyRelease !== 'november-2024' || headers.authorization !== undefined) return undefined
  const token = url.searchParams.get('qlik-csrf-token')
  if (session !== undefined && token !== null && session.csrfTokens.includes(token)) {
    if (csrfTokenLife === 'once') {
      session.csrfTokens = session.csrfTokens.filter((one) => one !== token)
      session.spentCsrfTokens = [token, ...session.spentCsrfTokens].slice(0, 20)
    }
    return undefined
  }
  const detail =
    token === null
      ? 'The query has no qlik-csrf-token'
      : 'qlik-csrf-token is not of the session of the cookie'
  const isSpent = token !== null && session?.spentCsrfTokens.includes(token)
  const decidedBy = isSpent ? 'csrfTokenLife' : 'proxyRelease'
  return refuseWith(403, proxyTexts.crossSiteSocket, { form: 'empty', detail, decidedBy })
}

/** enigma.js's own example writes `/app/engineData&qlik-csrf-token=…`: what follows the first `&` is taken as the query. */
function toSocketUrl(target: string | undefined): URL {
  const url = toTargetUrl(target)
  const at = url.pathname.indexOf('&')
  if (at === -1) return url
  for (const [name, value] of new URLSearchParams(url.pathname.slice(at)))
    url.searchParams.append(name, value)
  url.pathname = url.pathname.slice(0, at)
  return url
}

/** Checks a handshake as a request, and where it comes from; then the CSRF token, the session, and how many there are. */
export function evaluateUpgrade(
  site: ClientManaged,
  nodeIndex: number,
  request: IncomingMessage,
): UpgradeEvaluation {
  const url = toSocketUrl(request.url)
  const { nodeId, settings } = nodeAt(site.repository, nodeIndex)
  const switches = site.switches.get()
  const refused = (
    refusal: ProxyRefusal,
    met: Pick<UpgradeEvaluation, 'config' | 'authentication'> = {},
  ): UpgradeEvaluation => ({ url, ...met, outcome: { kind: 'refused', refusal } })

  const flaw = checkTarget(request)
  if (flaw !== undefined) return refused(wrongTarget(flaw))
  const limit = checkHeaderLimits(request, settings, switches)
  if (limit !== undefined) return refused(limit)
  const match = findVirtualProxy(site.repository.virtualProxiesOf(nodeId), url.pathname)
  if (match === undefined)
    return refused(wrongHeader('No virtual proxy of this proxy has the prefix'))
  const { config } = match
  const app = parseAppPath(match.path)
  if (app === undefined)
    return refused(
      refuseWith(404, 'Not Found', { detail: 'The emulator has no such web socket' }),
      { config },
    )
  const crossSite = checkCrossSite(site, request, config)
  if (crossSite !== undefined) return refused(crossSite, { config })

  const entry = { request, nodeId, config, query: url.searchParams }
  const authentication = authenticate(site, entry)
  const met = { config, authentication }
  if (authentication.kind === 'refused') return refused(authentication.refusal, met)
  const session = authentication.kind === 'session' ? authentication.session : undefined
  const csrf = checkCsrfToken(site, request, url, session)
  if (csrf !== undefined) return refused(csrf, met)
  const hiddenBy = authentication.kind === 'nobody' ? authentication.decidedBy : undefined
  if (session === undefined) {
    if (switches.webSocketWithoutSession === 'http')
      return refused(
        refuseWith(401, proxyTexts.expectedHeader, {
          decidedBy: hiddenBy,
          shapedBy: ['webSocketWithoutSession'],
        }),
        met,
      )
    const loginUri = loginUriOf(config, baseUrlOf(request))
    return { url, ...met, outcome: { kind: 'log-in', loginUri, decidedBy: hiddenBy } }
  }
  if (!hasAccess(site, session))
    return {
      url,
      ...met,
      outcome: {
        kind: 'denied',
        session,
        notification: 'OnLicenseAccessDenied',
        decidedBy: 'licenceAccess',
      },
    }
  const limitedBy = switchOverLimit(site, session)
  if (limitedBy !== undefined)
    return {
      url,
      ...met,
      outcome: {
        kind: 'denied',
        session,
        notification: 'OnMaxParallelSessionsExceeded',
        decidedBy: limitedBy,
      },
    }
  if (!hasEngine(site, config))
    return {
      url,
      ...met,
      outcome: { kind: 'denied', session, notification: 'OnNoEngineAvailable' },
    }
  return { url, ...met, outcome: { kind: 'accepted', session, app } }
}

/** Whether a load balancing node of the virtual proxy has an engine that runs. */
function hasEngine({ repository }: ClientManaged, config: VirtualProxyConfig): boolean {
  const isRunning = (nodeId: string) =>
    repository.serviceStatuses
      .list()
      .some(
        ({ serviceType, serviceState, serverNodeConfiguration: { id } }) =>
          id === nodeId && serviceType === engineService && serviceState === runningState,
      )
  return config.loadBalancingServerNodes.some(
    ({ id }) => repository.nodes.find(id)?.engineEnabled && isRunning(id),
  )
}

/** Whether the licence lets the user in, where it is asked. Anonymous visitors have another kind of access. */
function hasAccess({ repository, switches }: ClientManaged, session: ProxySession): boolean {
  if (switches.get().licenceAccess === 'not-asked' || session.isAnonymous) return true
  const user = repository.findUser(session.user)
  const { professional, analyzer } = repository.licence
  return [professional, analyzer].some((kind) =>
    kind.list().some((one) => one.user.id === user?.id),
  )
}

/**
 * Which switch says that the user has too many sessions for this one to open a web socket, if they have. Anonymous
 * visitors have no licence.
 */
function switchOverLimit(
  { sessions, switches }: ClientManaged,
  session: ProxySession,
): 'tooManySessions' | 'endedSessionCountsSec' | 'parallelSessions' | undefined {
  const { parallelSessions: limit, tooManySessions } = switches.get()
  if (session.isAnonymous) return undefined
  const { before, all, ended } = sessions.countParallel(session)
  const counted = tooManySessions === 'newest' ? before + 1 : all
  if (counted <= limit) return undefined
  if (before + 1 <= limit) return 'tooManySessions'
  return counted - ended <= limit ? 'endedSessionCountsSec' : 'parallelSessions'
}
