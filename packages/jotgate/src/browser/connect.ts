import type { ClientManagedConnection, QlikConnection } from './connection.ts'
import { cloud } from './direct/cloud/cloud.ts'
import { openConnection } from './direct/direct-connection.ts'
import { wrongOption } from './option-check.ts'
import type {
  ClientManagedOptions,
  CloudOptions,
  ConnectOptions,
  GatewayOptions,
} from './options.ts'

/** How a page reaches Qlik, by mode and product: the one table of this part. Cloud is what most pages load. */
const ways = {
  'direct cloud': (options: CloudOptions) => openConnection(options, cloud),
  'direct client-managed': async (options: ClientManagedOptions) =>
    (await import('./direct/client-managed/client-managed-connection.ts')).connectToServer(options),
  // The gateway says which product it is.
  'gateway cloud': async (options: GatewayOptions) =>
    (await import('./gateway/gateway-connection.ts')).connectToGateway(options),
}

/**
 * Logs the person in front of this page in to Qlik, as the application knows them.
 *
 * In mode `gateway` the page speaks with a gateway under its own site, which speaks with Qlik. In mode `direct` it
 * speaks with Qlik itself, so page and Qlik must be one site, or the browser must allow third-party cookies. Steps:
 * token from the application, session at Qlik or at the gateway, CSRF token or the person's name at Qlik.
 *
 * @param options.mode `gateway` or `direct`
 * @param options.url the origin of the gateway, or Qlik's own
 * @param options.assertion mode `gateway`: a function that asks the application for a host assertion; omitted where
 * the gateway asks the application itself
 * @param options.product mode `direct`: `cloud` when omitted, or `client-managed`
 * @param options.webIntegrationId Qlik Cloud: the web integration that lists this page's origin
 * @param options.prefix client-managed Qlik: the prefix of the virtual proxy
 * @param options.token mode `direct`: `{ url }` of the application's endpoint, or a function
 * @param options.timeoutMs for each step, 30000 when omitted, 1 to 300000
 * @param options.onStep hears each step of the login begin and end
 * @param options.fetch the browser's when omitted; `options.WebSocket` likewise
 * @throws a `JotgateError` with a code that begins with ERR_BROWSER: its message says what happened and
 * its hint what to do, such as ERR_BROWSER_NOT_LOGGED_IN, ERR_BROWSER_LOGIN_REFUSED,
 * ERR_BROWSER_COOKIES_BLOCKED and ERR_BROWSER_QLIK_UNREACHABLE
 * In mode `gateway` a page may have to wait for its turn in the morning: `options.onEvent` hears `waiting` with the
 * reason `queue-full` before this returns.
 * @see https://qlik.dev/authenticate/jwt/implement-jwt-authorization/
 * @example
 * const qlik = await connect({
 *   mode: 'direct',
 *   url: 'https://acme.eu.qlikcloud.com',
 *   webIntegrationId: 'xCyB4Gn4SZuK7VTWPcFoDNMRz6ZBvhkV',
 *   token: { url: '/token' },
 * })
 * const { name } = await qlik.user()
 * const url = qlik.webSocketUrl('a1b2c3')
 */
export function connect(options: ClientManagedOptions): Promise<ClientManagedConnection>
export function connect(options: CloudOptions | GatewayOptions): Promise<QlikConnection>
export async function connect(options: ConnectOptions): Promise<QlikConnection> {
  const { mode, product = 'cloud' } = options as { mode: string; product?: string }
  // No object has a member of its own accord whose name has a space.
  const way = (ways as Ways)[`${mode} ${product}`]
  if (!way) throw await wrongOption(mode === 'direct' ? 'product' : 'mode')
  return way(options as never)
}

type Ways = Readonly<Record<string, (options: never) => Promise<QlikConnection>>>
