import type { Hono } from 'hono'
import { servedBelowPrefix } from './below-prefix.ts'
import type { ClientManaged } from './client-managed.ts'
import { belowPrefix } from './proxy/proxy-app.ts'
import { qpsPort } from './qps/qps-port.ts'
import { qrsRoutes } from './qrs/qrs-routes.ts'

/** A method and a path, with `:id` where something is put in. */
interface Route {
  readonly method: string
  readonly path: string
}

// Handlers take the site only when a request comes, and none does.
const site = {} as ClientManaged

/** Every route, each once, in order. */
function listRoutes({ routes }: Pick<Hono, 'routes'>): readonly Route[] {
  const calls = routes.filter(({ method, path }) => method !== 'ALL' && !path.includes('*'))
  const plain = calls.map(({ method, path }) => ({
    method,
    path: path.length > 1 ? path.replace(/\/$/, '') : path,
  }))
  return [...new Map(plain.map((one) => [`${one.method} ${one.path}`, one])).values()]
}

/** Every method and path below the prefix of a virtual proxy but QRS, for the reference page. */
export function readProxyRouteTable(): readonly Route[] {
  return listRoutes(belowPrefix(site, servedBelowPrefix(site)))
}

/** Every method and path of QRS, on its port and below a prefix alike, for the reference page. */
export function readQrsRouteTable(): readonly Route[] {
  return listRoutes(qrsRoutes(site))
}

/** Every method and path of QPS, for the reference page. */
export function readQpsRouteTable(): readonly Route[] {
  return listRoutes(qpsPort(site, 0))
}
