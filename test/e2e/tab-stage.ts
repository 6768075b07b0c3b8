import { createServer } from 'node:http'
import { createSigner, type User } from 'jotgate'
import type { ConnectionEvent, ConnectOptions, QlikConnection } from 'jotgate/browser'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { build } from 'vite'
import { openContext } from './chromium.ts'
import { findFreePort } from './free-port.ts'
import { createTenant, type Tenant } from './stage.ts'

/** What the page of a tab offers to a test. */
export interface TabGlobals {
  connect(options: ConnectOptions): Promise<QlikConnection>
  /** The connections of this page, by the name that a test gave them. */
  qlik: Record<string, QlikConnection>
  events: ConnectionEvent[]
  /** Calls of a token function. */
  tokenCalls: number
}

/** How the application answers `POST /token`: for a person, or with a status. */
export interface HostState {
  person: User | undefined
  /** In place of a token. */
  answer: { status: number; headers?: Record<string, string>; body?: string } | undefined
  tokenCalls: number
  /** How far the clock of the application is ahead. */
  aheadMs: number
}

export const ada: User = { subject: 'acme|ada', name: 'Ada', email: 'ada@acme.example' }
export const bob: User = { subject: 'acme|bob', name: 'Bob', email: 'bob@acme.example' }

/** An application with one page, a tenant, and tabs of one browser. */
export interface TabStage {
  tenant: Tenant
  host: HostState
  hostUrl: string
  /** The same application where Qlik is another site. */
  crossSiteUrl: string
  /** Opens a tab that has not connected yet. */
  openTab(context: BrowserContext, url?: string): Promise<Page>
  openBrowser(): Promise<BrowserContext>
  /** How many tokens Qlik has taken. */
  logins(): number
  /** Moves the clocks of Qlik and of the application. */
  advance(seconds: number): void
  close(): Promise<void>
}

/**
 * The client as an application bundles it: its files by path.
 *
 * @param more what else the page has, as the lines of a module; it ends up in the page's global scope
 */
export async function bundleClient(
  more: { imports: string; names: string } = { imports: '', names: '' },
): Promise<ReadonlyMap<string, string>> {
  const entry = 'virtual:client'
  const output = await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['jotgate-source'] },
    build: {
      write: false,
      rollupOptions: { input: entry, output: { entryFileNames: 'client.js' } },
    },
    plugins: [
      {
        name: 'client',
        resolveId: (id) => (id === entry ? id : undefined),
        load: (id) =>
          id === entry
            ? `import { connect } from 'jotgate/browser'
               ${more.imports}
               Object.assign(globalThis, { connect, qlik: {}, events: [], tokenCalls: 0, ${more.names} })`
            : undefined,
      },
    ],
  })
  const chunks = [output].flat().flatMap((one) => ('output' in one ? one.output : []))
  return new Map(
    chunks.flatMap((one) =>
      one.type === 'chunk' ? [[`/${one.fileName}`, one.code] as const] : [],
    ),
  )
}

export async function createTabStage(browser: Browser): Promise<TabStage> {
  const port = await findFreePort()
  const hostUrl = `http://localhost:${port}`
  const crossSiteUrl = `http://portal.localhost:${port}`
  const tenant = await createTenant([hostUrl, crossSiteUrl])
  const { emulator } = tenant
  const client = await bundleClient()
  const host: HostState = { person: ada, answer: undefined, tokenCalls: 0, aheadMs: 0 }
  const clock = () => emulator.clock.now().getTime() + host.aheadMs
  const signer = createSigner({ deployment: tenant.deployment, key: tenant.key, clock })
  const server = createServer(async (request, response) => {
    for await (const _ of request);
    const script = client.get(request.url ?? '')
    if (script !== undefined)
      return response.setHeader('content-type', 'text/javascript').end(script)
    if (request.method !== 'POST')
      return response
        .setHeader('content-type', 'text/html')
        .end('<!doctype html><title>t</title><script type="module" src="/client.js"></script>')
    host.tokenCalls += 1
    const answer = host.answer ?? (host.person === undefined ? { status: 401 } : undefined)
    if (answer !== undefined)
      return response.writeHead(answer.status, answer.headers).end(answer.body)
    const { token } = await signer.sign(host.person as User)
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ token }))
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    tenant,
    host,
    hostUrl,
    crossSiteUrl,
    async openTab(context, url = hostUrl) {
      const page = await context.newPage()
      await page.goto(url)
      await page.waitForFunction(() => 'connect' in globalThis)
      return page
    },
    openBrowser: () => openContext(browser),
    logins: () =>
      emulator.requests.filter(
        ({ method, path, status }) =>
          method === 'POST' && path === '/login/jwt-session' && status === 200,
      ).length,
    advance: (seconds) => emulator.clock.advance(seconds),
    async close() {
      server.closeAllConnections()
      server.close()
      await tenant.close()
    },
  }
}

/** What a connection is made with in a tab, beside the stage's own. */
export interface TabOptions {
  name?: string
  url?: string
  webIntegrationId?: string
  tokenUrl?: string
  timeoutMs?: number
}

/** Connects; gives the reason of the error when that fails. */
export async function connectTab(
  stage: TabStage,
  page: Page,
  options: TabOptions = {},
): Promise<string> {
  const { deployment, webIntegrationId } = stage.tenant
  const given = { name: 'a', url: deployment.url, webIntegrationId, tokenUrl: '/token', ...options }
  return page.evaluate(async ({ name, tokenUrl, ...others }) => {
    const tab = globalThis as unknown as TabGlobals
    try {
      tab.qlik[name] = await tab.connect({
        mode: 'direct',
        token: { url: tokenUrl },
        onEvent: (event) => tab.events.push(event),
        ...others,
      })
      return 'connected'
    } catch (error) {
      const { details } = error as { details?: { reason?: string } }
      return details?.reason ?? String(error)
    }
  }, given)
}

/** Calls Qlik's REST: the status, or the reason of the error. */
export async function fetchIn(page: Page, path = '/api/v1/users/me', name = 'a'): Promise<unknown> {
  return page.evaluate(
    async ([where, which]) => {
      const { qlik } = globalThis as unknown as TabGlobals
      try {
        return (await qlik[which as string]?.fetch(where as string))?.status
      } catch (error) {
        const { details, code } = error as { code: string; details?: { reason?: string } }
        return details?.reason ?? code
      }
    },
    [path, name],
  )
}

/** How a connection is: its state, and the reason where it has one. */
export async function stateOf(page: Page, name = 'a'): Promise<string> {
  return page.evaluate((which) => {
    const state = (globalThis as unknown as TabGlobals).qlik[which]?.state
    return state === undefined
      ? 'none'
      : [state.state, 'reason' in state ? state.reason : ''].join(' ').trim()
  }, name)
}

/** The events that a page has heard. */
export async function eventsOf(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    (globalThis as unknown as TabGlobals).events.map((event) =>
      [event.state, 'reason' in event ? event.reason : ''].join(' ').trim(),
    ),
  )
}

/** Opens an engine socket; gives its first message, or the code with which it closes. */
export async function openSocket(page: Page, appId: string, name = 'a'): Promise<string> {
  return page.evaluate(
    ([app, which]) => {
      const { qlik } = globalThis as unknown as TabGlobals
      const connection = qlik[which as string] as QlikConnection
      const socket = connection.createSocket(connection.webSocketUrl(app as string))
      ;(globalThis as unknown as { socket: WebSocket }).socket = socket
      return new Promise<string>((resolve) => {
        socket.addEventListener('message', ({ data }) =>
          resolve(String(JSON.parse(String(data)).method)),
        )
        socket.addEventListener('close', ({ code }) => resolve(`closed ${code}`))
      })
    },
    [appId, name],
  )
}

/** What a browser tells a page that is looked at again. */
export async function show(page: Page): Promise<void> {
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
}
