import type { Hono } from 'hono'
import type { ClientManaged } from './client-managed.ts'
import { hubRoutes } from './hub/hub-routes.ts'
import type { ProxyEnv } from './proxy/exchange.ts'
import { tempContentRoutes } from './proxy/temp-content-routes.ts'
import { qrsThroughProxy } from './qrs/through-proxy.ts'

/** What a virtual proxy serves below its prefix, beside the Personal API and static files. */
export function servedBelowPrefix(site: ClientManaged): readonly Hono<ProxyEnv>[] {
  return [hubRoutes(site), tempContentRoutes(site), qrsThroughProxy(site)]
}
