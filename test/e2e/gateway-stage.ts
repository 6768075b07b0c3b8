// Three sites on one machine: a host application at www.acme.localhost, the gateway at qlik.acme.localhost, and Qlik
// at tenant.cloud.localhost or sense.server.localhost.
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clientManaged, cloud, type User } from 'jotgate'
import {
  createAuthorise,
  createGateway,
  type Gateway,
  type GatewayOptions,
  identifyByAssertion,
  memoryStore,
  type UpstreamOptions,
} from 'jotgate/gateway'
import { createKeyPair } from 'jotgate/keys'
import jsonwebtoken from 'jsonwebtoken'
import { pino } from 'pino'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { openContext } from './chromium.ts'
import { findFreePort } from './free-port.ts'
import { createServer, type Server } from './server-stage.ts'
import { createTenant, type Tenant } from './stage.ts'
import { ada, bundleClient } from './tab-stage.ts'

/** What the host application answers. */
export interface HostApplication {
  /** Who is logged in there; undefined when nobody is. */
  person: User | undefined
  /** Makes the JWT that says so, as the application's own code would: with jsonwebtoken. */
  assertionFor(user: User, claims?: Record<string, unknown>): string
  /** How many it has given. */
  assertions: number
  /** Further pages by path. */
  readonly pages: Map<string, HostFile>
}

/** What is at a path of the host application. */
interface HostFile {
  readonly type: string
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A gateway in front of some Qlik, and a host application. */
export interface FrontStage {
  gateway: Gateway
  host: HostApplication
  hostUrl: string
  gatewayUrl: string
  /** A folder that is removed at the end. */
  folder: string
  /** Opens a page of the host application. */
  openTab(context: BrowserContext, path?: string): Promise<Page>
  openBrowser(): Promise<BrowserContext>
  close(): Promise<void>
}

/** The same with a tenant of Qlik Cloud. */
export interface GatewayStage extends FrontStage {
  tenant: Tenant
  /** The tokens that Qlik has taken. */
  logins(): number
}

/** The same with client-managed Qlik, at the virtual proxy `jwt`. */
export interface ServerGatewayStage extends FrontStage {
  server: Server
}

export interface GatewayStageOptions {
  /** In place of those of the stage. */
  gateway?: Partial<GatewayOptions>
  /** Of the Qlik behind it, beside what the stage gives. */
  upstream?: Partial<UpstreamOptions>
  /** `localhost` for programs in Node, which resolves no other name below it. */
  names?: 'sites' | 'localhost'
  browser?: Browser
}

/** An audit log in a folder. That a disk is busy is not what these tests are about. */
export const auditIn = (folder: string): GatewayOptions['audit'] => ({
  folder: join(folder, 'audit'),
  key: randomBytes(32),
  writeHead: () => undefined,
  timeoutMs: 60_000,
})

export async function createGatewayStage(options: GatewayStageOptions = {}): Promise<GatewayStage> {
  const { qlik: tenant, ...front } = await startInFrontOf(options, async (gatewayUrl) => {
    const started = await createTenant([gatewayUrl])
    const { emulator, key } = started
    const url = `http://tenant.cloud.localhost:${emulator.port}`
    const { issuer } = started.deployment
    return { qlik: started, upstream: { deployment: cloud({ url, issuer }), key } }
  })
  return {
    ...front,
    tenant,
    logins: () =>
      tenant.emulator.requests.filter(
        ({ method, path, status }) =>
          method === 'POST' && path === '/login/jwt-session' && status === 200,
      ).length,
  }
}

export async function createServerGatewayStage(
  options: GatewayStageOptions = {},
): Promise<ServerGatewayStage> {
  const { qlik: server, ...front } = await startInFrontOf(options, async () => {
    const started = await createServer()
    const { port } = new URL(started.url)
    const deployment = clientManaged({
      ...started.deployment,
      url: `http://sense.server.localhost:${port}`,
    })
    return { qlik: started, upstream: { deployment, key: started.key } }
  })
  return { ...front, server }
}

/** Starts some Qlik, and a gateway and a host application in front of it. */
export async function startInFrontOf<Qlik extends { close(): Promise<void> }>(
  options: GatewayStageOptions,
  startQlik: (gatewayUrl: string) => Promise<{ qlik: Qlik; upstream: UpstreamOptions }>,
): Promise<FrontStage & { qlik: Qlik }> {
  const { names = 'sites', browser } = options
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-gateway-'))
  const [hostPort, gatewayPort] = [await findFreePort(), await findFreePort()]
  const isNamed = names === 'sites'
  const hostUrl = `http://${isNamed ? 'www.acme.' : ''}localhost:${hostPort}`
  const gatewayUrl = `http://${isNamed ? 'qlik.acme.' : ''}localhost:${gatewayPort}`
  const { qlik, upstream } = await startQlik(gatewayUrl)
  const { host, publicJwk } = await createHostApplication(hostUrl, gatewayUrl)
  const server = createHttpServer(async (request, response) => {
    for await (const _ of request);
    const { pathname } = new URL(request.url ?? '/', hostUrl)
    const page = host.pages.get(pathname)
    if (page !== undefined)
      return response.writeHead(200, { 'content-type': page.type, ...page.headers }).end(page.body)
    if (request.method !== 'POST' || pathname !== '/assertion') return response.writeHead(404).end()
    if (host.person === undefined) return response.writeHead(401).end()
    response.setHeader('content-type', 'text/plain').end(host.assertionFor(host.person))
  })
  await new Promise<void>((resolve) => server.listen(hostPort, '127.0.0.1', resolve))
  const gateway = await createGateway({
    publicUrl: gatewayUrl,
    allowedOrigins: [hostUrl],
    upstream: { ...upstream, ...options.upstream },
    identify: identifyByAssertion({ issuer: hostUrl, key: publicJwk }),
    authorise: createAuthorise({ groups: { allow: ['studio-*'] } }),
    loginUrl: `${hostUrl}/login`,
    store: memoryStore(),
    audit: auditIn(folder),
    log: pino({ level: process.env.JOTGATE_TEST_LOG ?? 'silent' }),
    ...options.gateway,
  })
  await gateway.listen({ port: gatewayPort, host: '127.0.0.1' })
  return {
    qlik,
    gateway,
    host,
    hostUrl,
    gatewayUrl,
    folder,
    async openTab(context, path = '/') {
      const page = await context.newPage()
      await page.goto(`${hostUrl}${path}`)
      return page
    },
    openBrowser: () => {
      if (browser === undefined) throw new TypeError('The stage has no browser')
      return openContext(browser)
    },
    async close() {
      await gateway.close()
      server.closeAllConnections()
      server.close()
      await qlik.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function createHostApplication(hostUrl: string, gatewayUrl: string) {
  const { privateKeyPem, publicJwk } = await createKeyPair({ bits: 2048, kid: 'host-1' })
  const client = await bundleClient()
  const pages = new Map<string, HostFile>(
    [...client].map(([path, body]) => [path, { type: 'text/javascript', body }]),
  )
  pages.set('/', {
    type: 'text/html',
    body: '<!doctype html><title>t</title><script type="module" src="/client.js"></script>',
  })
  const host: HostApplication = {
    person: ada,
    assertions: 0,
    pages,
    assertionFor({ subject, emailVerified = true, ...user }, claims = {}) {
      host.assertions += 1
      const given = { ...user, email_verified: emailVerified, ...claims }
      return jsonwebtoken.sign(given, privateKeyPem, {
        algorithm: 'RS256',
        keyid: 'host-1',
        subject,
        issuer: hostUrl,
        audience: gatewayUrl,
        expiresIn: 60,
        jwtid: randomUUID(),
      })
    },
  }
  return { host, publicJwk }
}
