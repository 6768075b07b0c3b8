import { randomBytes as systemRandomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Signer } from 'jotgate'
import { createAddressChoice, type PortalAddress, parseAddress, parseOrigin } from './addresses.ts'
import type { AssertionSigners } from './assertion-signer.ts'
import type { PortalEvent } from './events.ts'
import type { LoginSource } from './login-record.ts'
import { readPageFiles } from './page-files.ts'
import type { QlikPlace, ServerPlace } from './qlik-place.ts'
import { namesOneHost } from './request-line.ts'
import { createRoutes } from './routes.ts'

export interface PortalOptions {
  /** The address to listen at, loopback only; `127.0.0.1` by default. */
  host?: string
  /** The port to listen at; 0 takes any that is free. */
  port: number
  /** What people type to get here, as an origin; `http://localhost:<port>` by default. */
  publicUrl?: string
  /** Further addresses of this portal, each with where its pages find Qlik; none by default. */
  otherAddresses?: readonly PortalAddress[]
  qlik: QlikPlace
  /** Signs tokens for that Qlik. */
  signer: Signer
  /** Client-managed Qlik, and who signs tokens for it; its views are not there when omitted. */
  server?: { place: ServerPlace; signer: Signer }
  /** Sign who somebody is, for the gateway in front of each Qlik; needed where an address has one. */
  assertionSigners?: AssertionSigners
  /** What others know of a login, for the page that shows what happened; nobody by default. */
  loginSources?: readonly LoginSource[]
  /** How long a request may take to arrive, its body included, in milliseconds; 5000 by default. */
  requestTimeoutMs?: number
  /** The folder of the built pages. */
  pageFolder: string
  /** The time now, in milliseconds since 1970; the system's by default. */
  clock?: () => number
  /** Unpredictable bytes; `node:crypto` by default. */
  randomBytes?: (size: number) => Uint8Array
  /** Hears what an operator may want to know; nobody by default. */
  onEvent?: (event: PortalEvent) => void
}

export interface Portal {
  /** The address for people, as an origin. */
  readonly url: string
  readonly port: number
  /** Ends all connections and stops listening. */
  close(): Promise<void>
}

const loopbackHosts: readonly string[] = ['127.0.0.1', '::1', 'localhost']

/**
 * Starts the portal: an application that has users of its own and shows them their data in Qlik.
 *
 * @param options see `PortalOptions`
 * @throws TypeError when an address is not an origin or names another machine without https, or when the
 *   portal would be open to other machines: its sign-in asks for no password
 * @throws Error when the pages are not built, or the port is taken
 * @example
 * const portal = await createPortal({ port: 3000, qlik, signer, pageFolder })
 * console.log(portal.url)
 */
export async function createPortal(options: PortalOptions): Promise<Portal> {
  const host = options.host ?? '127.0.0.1'
  if (!loopbackHosts.includes(host))
    throw new TypeError(
      `The portal does not listen at ${host}: anybody may sign in as anybody, so it stays on this machine. Use 127.0.0.1.`,
    )
  const qlikUrl = parseOrigin('qlik.url', options.qlik.url)
  const serverUrl = options.server && parseOrigin('server.place.url', options.server.place.url)
  if (options.publicUrl !== undefined) parseOrigin('publicUrl', options.publicUrl)
  const others = (options.otherAddresses ?? []).map((address, index) =>
    parseAddress(`otherAddresses[${index}]`, address),
  )
  const { assertionSigners } = options
  for (const { gateway } of others)
    if (
      (gateway && assertionSigners === undefined) ||
      (gateway?.serverUrl && assertionSigners?.server === undefined)
    )
      throw new TypeError(
        'An address goes through a gateway, so assertionSigners is needed for it.',
      )
  const files = await readPageFiles(options.pageFolder)

  // Node ends a request that arrives too slowly with 408, whatever reads its body.
  const requestTimeout = options.requestTimeoutMs ?? 5000
  const server = createServer({
    requestTimeout,
    headersTimeout: requestTimeout,
    connectionsCheckingInterval: Math.ceil(requestTimeout / 5),
  })
  const port = await listen(server, host, options.port)
  // With port 0 our own origin is known only now. No request comes in between: all of this happens
  // before the event loop turns again.
  const publicUrl = parseOrigin('publicUrl', options.publicUrl ?? `http://localhost:${port}`)
  const routes = createRoutes({
    addresses: createAddressChoice([
      { publicUrl, qlikUrl, ...(serverUrl && { serverUrl }) },
      ...others,
    ]),
    qlik: options.qlik,
    signer: options.signer,
    ...(options.server && { server: options.server }),
    ...(assertionSigners && { assertionSigners }),
    loginSources: options.loginSources ?? [],
    files,
    clock: options.clock ?? Date.now,
    randomBytes: options.randomBytes ?? systemRandomBytes,
    onEvent: options.onEvent ?? (() => {}),
  })
  const answer = getRequestListener(routes.fetch, { overrideGlobalObjects: false })
  server.on('request', (request, response) => {
    if (namesOneHost(request)) return answer(request, response)
    response.writeHead(400, { 'Cache-Control': 'no-store', Connection: 'close' }).end()
  })

  return {
    url: publicUrl.origin,
    port,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()))
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : port)
    })
  })
}
