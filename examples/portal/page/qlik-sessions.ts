import type { PortalConfig } from './portal-config.ts'

/** The products whose Qlik this browser has reached by a way, in all its tabs. */
const keyOf = ({ way }: PortalConfig, product: ProductName) => `portal.reached ${way} ${product}`

/** A product of Qlik. */
export type ProductName = 'cloud' | 'client-managed'

/** Keeps in mind that this browser may have a session there. */
export function noteSession(config: PortalConfig, product: ProductName): void {
  localStorage.setItem(keyOf(config, product), 'yes')
}

/** How a page ends a session without a connection, whosever it is: the table by way and product. */
const endings: Readonly<Record<string, (config: PortalConfig) => Promise<unknown>>> = {
  'gateway cloud': ({ qlik }) => logOutOfGateway(qlik.url),
  'gateway client-managed': async ({ server }) => server && logOutOfGateway(server.url),
  'direct cloud': ({ qlik }) => logOutOfQlik(qlik.url),
  'direct client-managed': async ({ server }) => server && logOutOfServer(server),
}

/**
 * Ends all sessions that this browser may have at Qlik by the way of this page. It does not wait long for a Qlik that is
 * down.
 *
 * @param connection of this page: it tells the other tabs of its Qlik, and closes its sockets, before it asks for the end
 */
export async function endQlikSessions(
  config: PortalConfig,
  connection?: { readonly product: ProductName; logout(): Promise<void> },
): Promise<void> {
  const reached = (['cloud', 'client-managed'] as const).filter(
    (product) => localStorage.getItem(keyOf(config, product)) !== null,
  )
  const work = reached.map((product) =>
    product === connection?.product
      ? connection.logout()
      : endings[`${config.way} ${product}`]?.(config),
  )
  const patience = new Promise((resolve) => setTimeout(resolve, 2000))
  await Promise.race([Promise.allSettled(work), patience])
  for (const product of reached) localStorage.removeItem(keyOf(config, product))
}

const ending = { credentials: 'include', cache: 'no-store', keepalive: true } as const

/** Ends the session of this browser at Qlik Cloud. */
export async function logOutOfQlik(url: string): Promise<void> {
  await fetch(`${url}/logout`, { mode: 'no-cors', ...ending })
}

function logOutOfGateway(url: string): Promise<Response> {
  return fetch(`${url}/.jotgate/logout`, { method: 'POST', ...ending })
}

/** Writes to Qlik's proxy need the same key in the address and in a header field. */
function logOutOfServer({ url, prefix }: { url: string; prefix: string }): Promise<Response> {
  const key = crypto.randomUUID().replaceAll('-', '').slice(0, 16)
  const headers = { 'X-Qlik-Xrfkey': key }
  const init = { method: 'DELETE', headers, ...ending }
  return fetch(`${url}/${prefix}/qps/user?xrfkey=${key}`, init)
}
