import { type Context, Hono } from 'hono'
import type { ClientManaged } from '../client-managed.ts'
import { toRequester } from '../proxy/ask-rules.ts'
import { type ProxyEnv, refuse } from '../proxy/exchange.ts'
import { toQualifiedName } from '../proxy/sessions.ts'
import { checkXrfkey } from '../proxy/xrfkey.ts'
import { qrsRoutes } from './qrs-routes.ts'
import { toProxyRefusal } from './recorded-refusal.ts'

/** QRS below the prefix of a virtual proxy, for the user of the session: the proxy passes it on. */
export function qrsThroughProxy(site: ClientManaged): Hono<ProxyEnv> {
  const routes = qrsRoutes(site)
  return new Hono<ProxyEnv>().all('/qrs/*', (c: Context<ProxyEnv>) => {
    const { exchange, incoming } = c.env
    const { session, path } = exchange
    const refusal = checkXrfkey(incoming, new URL(c.req.url).searchParams)
    if (refusal !== undefined) return refuse(c, refusal)
    if (session === undefined) throw new TypeError('QRS was reached without a session')
    const { qrsContextOfProxy } = site.switches.get()
    return routes.fetch(c.req.raw, {
      ...c.env,
      qrs: {
        caller: {
          requester: toRequester(site, session),
          userName: toQualifiedName(session.user),
          context: qrsContextOfProxy === 'management' ? 'qmc' : 'hub',
          contextBy: 'qrsContextOfProxy',
        },
        path,
        onRefusal(given) {
          exchange.refusal = toProxyRefusal(given)
        },
      },
    })
  })
}
