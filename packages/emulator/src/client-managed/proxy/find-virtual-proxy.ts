import type { VirtualProxyConfig } from '../repository/virtual-proxy.ts'

/** A virtual proxy, and the rest of the path below its prefix. */
export interface VirtualProxyMatch {
  readonly config: VirtualProxyConfig
  /** Begins with a slash. */
  readonly path: string
}

/** What the proxy routes by; the first segment of any other path is taken for a prefix (paths.md). */
const routes: ReadonlySet<string> = new Set([
  'api',
  'app',
  'appcontent',
  'content',
  'custom',
  'dataprepservice',
  'dev-hub',
  'extensions',
  'hub',
  'internal_windows_authentication',
  'printing',
  'qlik-embed',
  'qmc',
  'qps',
  'qrs',
  'resources',
  'sense',
  'single',
  'tempcontent',
])

/** Finds the virtual proxy that a path is for: by its prefix, else the one without a prefix. */
export function findVirtualProxy(
  linked: readonly VirtualProxyConfig[],
  pathname: string,
): VirtualProxyMatch | undefined {
  const byPrefix = linked
    .filter(({ prefix }) => prefix !== '')
    // An old prefix may hold a slash: the longer one is meant.
    .sort((one, other) => other.prefix.length - one.prefix.length)
    .find(({ prefix }) => pathname === `/${prefix}` || pathname.startsWith(`/${prefix}/`))
  if (byPrefix !== undefined) {
    const path = pathname.slice(byPrefix.prefix.length + 1)
    return { config: byPrefix, path: path === '' ? '/' : path }
  }
  const [, segment = ''] = pathname.split('/', 2)
  const config = linked.find(({ prefix }) => prefix === '')
  const isRoute = pathname === '/' || routes.has(segment)
  return config === undefined || !isRoute ? undefined : { config, path: pathname }
}
