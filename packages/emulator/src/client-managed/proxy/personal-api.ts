import { randomBytes } from 'node:crypto'
import { Hono } from 'hono'
import { baseUrlOf } from '../../http/request-target.ts'
import type { ClientManaged } from '../client-managed.ts'
import { authenticationMethods, type VirtualProxyConfig } from '../repository/virtual-proxy.ts'
import { refuseWith } from './answers.ts'
import { toClearingLine } from './cookies.ts'
import { type ProxyEnv, refuse, sessionOf } from './exchange.ts'
import { isAllowedOrigin, switchThatRefuses } from './host-allow-list.ts'
import { windowsLoginPath } from './no-windows-login.ts'
import { isSameUser, type ProxySession } from './sessions.ts'
import { checkXrfkey } from './xrfkey.ts'

/** How many CSRF tokens of a session count when each request gets a new one. */
const keptTokens = 20

function issueCsrfToken(site: ClientManaged, session: ProxySession): string {
  const { csrfTokenLife } = site.switches.get()
  const [known] = session.csrfTokens
  if (csrfTokenLife === 'stable' && known !== undefined) return known
  const made = randomBytes(24).toString('base64url')
  if (csrfTokenLife === 'replaced')
    session.spentCsrfTokens = [...session.csrfTokens, ...session.spentCsrfTokens].slice(
      0,
      keptTokens,
    )
  session.csrfTokens =
    csrfTokenLife === 'once' ? [made, ...session.csrfTokens].slice(0, keptTokens) : [made]
  return made
}

/** Where somebody logs in who is not logged in; JWT has no such page. */
export function loginUriOf(config: VirtualProxyConfig, baseUrl: string): string | undefined {
  if (config.authenticationMethod !== authenticationMethods.ticket) return undefined
  const { authenticationModuleRedirectUri: module, prefix } = config
  if (module !== '') return module
  const path = prefix === '' ? '' : `/${prefix}`
  return `${baseUrl}${path}${windowsLoginPath}/?targetId=${randomBytes(16).toString('hex')}`
}

/** The Personal API: `/qps/user` and `/qps/csrftoken` below the prefix of a virtual proxy. */
export function personalRoutes(site: ClientManaged): Hono<ProxyEnv> {
  const routes = new Hono<ProxyEnv>()
  const toAllowed = (config: VirtualProxyConfig, own: string) => ({
    own: new URL(own).hostname,
    list: config.websocketCrossOriginWhiteList,
  })
  const isOwnHost = (address: string, config: VirtualProxyConfig, own: string) =>
    isAllowedOrigin(address, toAllowed(config, own), site.switches.get())

  routes.get('/qps/user', (c) => {
    const session = sessionOf(c)
    const { config } = c.env.exchange
    const baseUrl = baseUrlOf(c.env.incoming)
    const prefix = config.prefix === '' ? '' : `/${config.prefix}`
    const target = c.req.query('targetUri')
    const isTarget = target !== undefined && isOwnHost(target, config, baseUrl)
    const loginUri = isTarget ? loginUriOf(config, baseUrl) : undefined
    const inactive = { session: 'inactive', ...(loginUri === undefined ? {} : { loginUri }) }
    if (session === undefined) return c.json(inactive)
    const { directory, id } = session.user
    if (session.isAnonymous) return c.json({ userDirectory: directory, userId: id, ...inactive })
    const known = site.repository.findUser(session.user)
    return c.json({
      userDirectory: directory,
      userId: id,
      userName: known?.name ?? id,
      logoutUri: `${baseUrl}${prefix}/qps/user`,
    })
  })

  routes.delete('/qps/user', (c) => {
    const { logoutScope, logoutNeedsXrfkey } = site.switches.get()
    const query = new URL(c.req.url).searchParams
    const refusal = logoutNeedsXrfkey ? checkXrfkey(c.env.incoming, query) : undefined
    if (refusal !== undefined) return refuse(c, { ...refusal, decidedBy: 'logoutNeedsXrfkey' })
    const session = sessionOf(c)
    if (session !== undefined) {
      const isMeant = (one: ProxySession) =>
        logoutScope === 'user-on-virtual-proxy' &&
        one.virtualProxyId === session.virtualProxyId &&
        isSameUser(one.user, session.user)
      site.sessions.end(session.id, 'OnSessionLoggedOut')
      site.sessions.endWhere(isMeant, 'OnSessionLoggedOut', 'logoutScope')
      c.header('set-cookie', toClearingLine(c.env.exchange.config, c.env.incoming))
    }
    return c.body(null, 204)
  })

  routes.get('/qps/csrftoken', (c) => {
    const { proxyRelease, csrfTokenWithoutSession } = site.switches.get()
    if (proxyRelease === 'february-2024')
      return refuse(c, refuseWith(404, 'Not Found', { decidedBy: 'proxyRelease' }))
    const { config } = c.env.exchange
    const { origin } = c.env.incoming.headers
    if (origin !== undefined && !isOwnHost(origin, config, baseUrlOf(c.env.incoming)))
      return refuse(
        c,
        refuseWith(403, 'Forbidden', {
          detail: 'The host allow list does not have the Origin',
          decidedBy: switchThatRefuses(
            origin,
            toAllowed(config, baseUrlOf(c.env.incoming)),
            site.switches.get(),
          ),
        }),
      )
    const session = sessionOf(c)
    if (session === undefined)
      return refuse(
        c,
        refuseWith(csrfTokenWithoutSession, 'Forbidden', {
          detail: 'There is no session',
          decidedBy: c.env.exchange.hiddenBy,
          shapedBy: ['csrfTokenWithoutSession'],
        }),
      )
    c.header('qlik-csrf-token', issueCsrfToken(site, session))
    return c.body(null, 204)
  })

  // The QMC polls it while a proxy restarts; what it answers was not seen.
  routes.get('/qps/restarted', (c) => c.body(null, 204))
  return routes
}
