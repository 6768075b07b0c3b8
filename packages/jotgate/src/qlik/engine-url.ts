import { type EngineAddress, toEngineAddress } from '../protocol/index.ts'
import { qlikErrors } from './errors.ts'
import { productFor } from './product-for.ts'
import type { DeploymentAddress, QlikSession } from './session.ts'

/**
 * Gives the address of the engine for one app.
 *
 * On a client-managed server the address leads through the virtual proxy, by its prefix.
 * With a session, the address holds its CSRF token: it is for a WebSocket that this process opens, with the
 * headers of `authorizeUpgrade`, and not for a log. With a deployment alone it holds none.
 *
 * @param options.session or `options.deployment`: where
 * @param options.appId the app, 1 to 256 characters
 * @param options.identity a name for an engine session of its own (own selections), 1 to 256 characters
 * @param options.ttlSeconds how long the engine session outlives its last socket, 0 to 86400
 * @throws ERR_QLIK_OPTION
 * @see https://qlik.dev/apis/json-rpc/qix/ and the URLs that enigma.js builds
 * @example
 * const tenant = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
 * const url = engineUrl({ deployment: tenant, appId: 'a1b2', identity: 'second-view' })
 */
export function engineUrl(
  options: ({ session: QlikSession } | { deployment: DeploymentAddress }) & EngineAddress,
): string {
  const session = 'session' in options ? options.session : undefined
  const deployment = 'session' in options ? options.session.deployment : options.deployment
  const product = productFor(deployment)
  const address = { ...options, basePath: product.basePath(deployment) }
  const url = toEngineAddress(deployment.url, address, qlikErrors.ERR_QLIK_OPTION)
  if (session !== undefined) {
    const { query } = product.authorizeUpgrade(session)
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  }
  return url.href
}
