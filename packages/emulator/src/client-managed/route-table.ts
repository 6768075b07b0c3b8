import { servedBelowPrefix } from './below-prefix.ts'
import type { ClientManaged } from './client-managed.ts'
import { belowPrefix } from './proxy/proxy-app.ts'

/** Every method and path below the prefix of a virtual proxy, each once, in order: for the reference page. */
export function readProxyRouteTable(): readonly {
  readonly method: string
  /** With `:id` where something is put in. */
  readonly path: string
}[] {
  // Handlers take the site only when a request comes, and none does.
  const site = {} as ClientManaged
  const calls = belowPrefix(site, servedBelowPrefix(site)).routes.filter(
    ({ method, path }) => method !== 'ALL' && !path.includes('*'),
  )
  const plain = calls.map(({ method, path }) => ({
    method,
    path: path.length > 1 ? path.replace(/\/$/, '') : path,
  }))
  return [...new Map(plain.map((one) => [`${one.method} ${one.path}`, one])).values()]
}
