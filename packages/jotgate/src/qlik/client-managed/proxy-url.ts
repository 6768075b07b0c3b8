import { proxyHeaders } from '../../protocol/index.ts'
import type { Authorization } from '../product.ts'
import type { DeploymentAddress } from '../session.ts'

/** The default virtual proxy has an empty prefix, every other one has its own. */
export function basePath({ prefix = '' }: DeploymentAddress): string {
  return prefix === '' ? '' : `/${prefix}`
}

/** The address of a path below the prefix of the virtual proxy. */
export function proxyUrl(
  deployment: DeploymentAddress,
  path: string,
  query: Readonly<Record<string, string>> = {},
): URL {
  const url = new URL(`${basePath(deployment)}${path}`, deployment.url)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url
}

/**
 * The same for all calls of a session: in an Extended security environment a virtual proxy tells devices and browsers
 * apart by it, and a session that several browsers share would be several.
 */
export const ownUserAgent = { 'user-agent': 'jotgate' } as const

/** Header fields with the key that a call has twice: in the query, and in a field. */
export function withXrfkey(key: string, headers: Readonly<Record<string, string>>): Authorization {
  return {
    headers: { ...ownUserAgent, ...headers, [proxyHeaders.xrfkey]: key },
    query: { xrfkey: key },
  }
}
