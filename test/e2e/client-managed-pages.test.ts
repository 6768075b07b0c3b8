// A page that speaks with client-managed Qlik itself, in Chromium: jotgate/browser, with enigma.js and beside @qlik/api.
import { createServer as createHttpServer } from 'node:http'
import type { ClientManagedConnection, ConnectionEvent } from 'jotgate/browser'
import type { ClientManagedSwitches } from 'jotgate-emulator'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchChromium, openContext } from './chromium.ts'
import { findFreePort } from './free-port.ts'
import {
  adaOfWarner,
  bjornOfParamount,
  createServer,
  type Person,
  type Server,
} from './server-stage.ts'
import { bundleClient } from './tab-stage.ts'

interface PageGlobals {
  connect(options: unknown): Promise<ClientManagedConnection>
  qlik: ClientManagedConnection
  events: ConnectionEvent[]
  enigma: { create(config: unknown): { open(): Promise<unknown> } }
  schema: unknown
  qlikApi: { auth: unknown; qix: unknown }
}

let browser: Browser
let server: Server
let context: BrowserContext
let hostUrl: string
let closeHost: () => void
/** Who is logged in to the application. */
let person: Person | undefined
let tokenCalls = 0

/** What the guide tells an administrator to set for the pages of one origin. */
const responseHeaders = (origin: string) =>
  [
    `Access-Control-Allow-Origin: ${origin}`,
    'Access-Control-Allow-Credentials: true',
    // The last one is for @qlik/api.
    'Access-Control-Allow-Headers: authorization, content-type, x-qlik-xrfkey, qlik-api-version',
    'Access-Control-Allow-Methods: GET, POST, PUT, DELETE',
    'Access-Control-Expose-Headers: qlik-csrf-token',
  ].join('\n')

beforeAll(async () => {
  const port = await findFreePort()
  hostUrl = `http://localhost:${port}`
  const files = await bundleClient({
    imports: `import enigma from 'enigma.js'
      import schema from 'enigma.js/schemas/12.2027.0.json'
      import { auth, qix } from '@qlik/api'`,
    names: 'enigma, schema, qlikApi: { auth, qix }',
  })
  ;[browser, server] = await Promise.all([
    launchChromium(),
    createServer({ jwt: { additionalResponseHeaders: responseHeaders(hostUrl) } }),
  ])
  const host = createHttpServer(async (request, response) => {
    for await (const _ of request);
    const script = files.get(request.url ?? '')
    if (script !== undefined)
      return response.setHeader('content-type', 'text/javascript').end(script)
    if (request.method !== 'POST')
      return response
        .setHeader('content-type', 'text/html')
        .end('<!doctype html><title>t</title><script type="module" src="/client.js"></script>')
    tokenCalls += 1
    if (person === undefined) return response.writeHead(401).end()
    const token = await server.tokenFor(person)
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ token }))
  })
  await new Promise<void>((resolve) => host.listen(port, '127.0.0.1', resolve))
  closeHost = () => {
    host.closeAllConnections()
    host.close()
  }
})
afterAll(async () => {
  await browser?.close()
  closeHost?.()
  await server?.close()
})
beforeEach(async () => {
  server.emulators.reset()
  setSwitches({ proxyPreflight: 'answered' })
  person = adaOfWarner
  tokenCalls = 0
  context = await openContext(browser)
  return () => context.close()
})

const site = () => server.emulators.products['client-managed']
const setSwitches = (switches: Partial<ClientManagedSwitches>) => site().switches.set(switches)

async function openPage(url = hostUrl): Promise<Page> {
  const page = await context.newPage()
  await page.goto(url)
  await page.waitForFunction(() => 'connect' in globalThis)
  return page
}

/** Connects; gives the code and reason of the error when that fails. */
async function connectPage(page: Page, options: Record<string, unknown> = {}): Promise<string> {
  return page.evaluate(
    async (given) => {
      const tab = globalThis as unknown as PageGlobals
      try {
        tab.qlik = await tab.connect({
          mode: 'direct',
          product: 'client-managed',
          prefix: 'jwt',
          token: { url: '/token' },
          onEvent: (event: ConnectionEvent) => tab.events.push(event),
          ...given,
        })
        return 'connected'
      } catch (error) {
        const { code, details } = error as { code: string; details?: { reason?: string } }
        return `${code ?? error} ${details?.reason}`
      }
    },
    { url: server.url, ...options },
  )
}

async function openConnected(): Promise<Page> {
  const page = await openPage()
  expect(await connectPage(page)).toBe('connected')
  return page
}

const userOf = (page: Page) =>
  page.evaluate(async () => (await (globalThis as unknown as PageGlobals).qlik.user()).id)

const stateOf = (page: Page) =>
  page.evaluate(() => {
    const { state } = (globalThis as unknown as PageGlobals).qlik
    return 'reason' in state ? `${state.state} ${state.reason}` : state.state
  })

/** The status of a call, or the reason of its error. */
const fetchIn = (page: Page, path: string, init: RequestInit = {}) =>
  page.evaluate(
    async ([where, how]) => {
      try {
        const { qlik } = globalThis as unknown as PageGlobals
        return (await qlik.fetch(where as string, how as RequestInit)).status
      } catch (error) {
        const { code, details } = error as { code: string; details?: { reason?: string } }
        return details?.reason ?? code
      }
    },
    [path, init] as const,
  )

/** The title of the app by enigma.js, or what it failed with. */
const openByEnigma = (page: Page) =>
  page.evaluate(async (appId) => {
    const { qlik, enigma, schema } = globalThis as unknown as PageGlobals
    interface Global {
      openDoc(id: string): Promise<{ getAppLayout(): Promise<{ qTitle: string }> }>
    }
    const { createSocket } = qlik
    try {
      const session = enigma.create({ schema, url: qlik.webSocketUrl(appId), createSocket })
      const app = await ((await session.open()) as Global).openDoc(appId)
      return (await app.getAppLayout()).qTitle
    } catch (error) {
      return `failed: ${error}`
    }
  }, server.appId)

describe('a page that connects to client-managed Qlik', () => {
  it('is logged in as the person, and makes calls below the prefix', async () => {
    const page = await openConnected()
    expect(await userOf(page)).toBe('ACME\\ada')
    expect(await fetchIn(page, '/hub/')).toBe(200)
    expect(await fetchIn(page, '/qps/user')).toBe(200)
    // The repository answers only where the Xrfkey stands in the address and in the header.
    expect(await fetchIn(page, '/qrs/about')).toBe(200)
    for (const path of ['/../qps/user', `${server.url}/qps/user`, 'https://evil.example/'])
      expect(await fetchIn(page, path)).toBe('ERR_BROWSER_OPTION')
  })

  it('opens apps with enigma.js, several at once and one after the other', async () => {
    const page = await openConnected()
    expect(await Promise.all([openByEnigma(page), openByEnigma(page)])).toEqual([
      'Movies',
      'Movies',
    ])
    expect(await openByEnigma(page)).toBe('Movies')
  })

  it.each([
    { proxyRelease: 'november-2024' },
    { proxyRelease: 'may-2024' },
    { proxyRelease: 'february-2024' },
    { csrfTokenLife: 'stable' },
    { csrfTokenLife: 'replaced' },
    { csrfTokenLife: 'once' },
    { logoutNeedsXrfkey: true },
    { logoutScope: 'session' },
    { csrfTokenWithoutSession: 401 },
    { laterToken: 'ignored' },
    { webSocketWithoutSession: 'http' },
    { staticFilesNeedSession: true },
  ] as const)(
    'connects, opens apps at once and in turn, and logs out with %j',
    async (switches) => {
      setSwitches(switches)
      const page = await openConnected()
      const atOnce = await Promise.all([openByEnigma(page), openByEnigma(page)])
      expect([...atOnce, await openByEnigma(page)]).toEqual(['Movies', 'Movies', 'Movies'])
      await page.evaluate(() => (globalThis as unknown as PageGlobals).qlik.logout())
      expect(await stateOf(page)).toBe('ended signed-out')
      expect(site().state.sessions()).toEqual([])
    },
  )

  it('gives the addresses of a single object and of the hub, which open as the person', async () => {
    const page = await openConnected()
    const [single, hub] = await page.evaluate((appId) => {
      const { qlik } = globalThis as unknown as PageGlobals
      return [qlik.singleUrl(appId, { sheetId: 's1', identity: 'a' }), qlik.hubUrl()]
    }, server.appId)
    expect(single).toBe(`${server.url}/jwt/single/?appid=${server.appId}&sheet=s1&identity=a`)
    expect(hub).toBe(`${server.url}/jwt/hub/`)
    const other = await context.newPage()
    await other.goto(hub)
    await other.getByText('Movies').first().waitFor()
  })

  it('works beside @qlik/api with windowscookie and getAccessToken', async () => {
    const page = await openConnected()
    const title = await page.evaluate(
      async ({ host, appId }) => {
        // biome-ignore lint/suspicious/noExplicitAny: the page's own bundle
        const { auth, qix } = (globalThis as any).qlikApi
        const getAccessToken = async () => {
          const answer = await fetch('/token', { method: 'POST' })
          return (await answer.json()).token
        }
        auth.setDefaultHostConfig({ host, authType: 'windowscookie', getAccessToken })
        const app = await qix.openAppSession({ appId }).getDoc()
        return (await app.getAppLayout()).qTitle
      },
      { host: `${server.url}/jwt`, appId: server.appId },
    )
    expect(title).toBe('Movies')
    expect(await stateOf(page)).toBe('connected')
  })
})

describe('the person of such a page', () => {
  it('shares the session between tabs and connections: one of five', async () => {
    const first = await openConnected()
    const second = await openConnected()
    expect(await connectPage(second)).toBe('connected')
    expect(site().state.sessions()).toHaveLength(1)
    expect(await openByEnigma(first)).toBe('Movies')
    expect(await openByEnigma(second)).toBe('Movies')
  })

  it.each(['checked', 'ignored'] as const)(
    'is never who was there before, where a later token is %s',
    async (laterToken) => {
      setSwitches({ laterToken })
      person = bjornOfParamount
      const before = await openConnected()
      await before.close()
      person = adaOfWarner
      const page = await openConnected()
      expect(await userOf(page)).toBe('ACME\\ada')
    },
  )

  it('ends as another person in a tab that somebody else takes over', async () => {
    const first = await openConnected()
    person = bjornOfParamount
    await openConnected()
    await first.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
    await expect.poll(() => stateOf(first)).toBe('ended other-person')
    expect(await fetchIn(first, '/qps/user')).toBe('other-person')
  })

  it('goes on after the session has expired, without another person', async () => {
    const page = await openPage()
    await page.clock.install({ time: server.emulators.clock.now() })
    expect(await connectPage(page)).toBe('connected')
    const pass = async () => {
      await page.clock.fastForward(8 * 3600_000)
      server.emulators.clock.advance(8 * 3600)
    }
    await pass()
    expect(await fetchIn(page, '/hub/')).toBe(200)
    expect([await userOf(page), tokenCalls]).toEqual(['ACME\\ada', 2])
    await pass()
    person = bjornOfParamount
    expect(await fetchIn(page, '/hub/')).toBe('other-person')
    expect(await stateOf(page)).toBe('ended other-person')
  })

  it.each([1000, 1006, 4001] as const)(
    'ends when the session is ended elsewhere and sockets close with %i',
    async (sessionEndCloseCode) => {
      setSwitches({ sessionEndCloseCode })
      const page = await openConnected()
      expect(await openByEnigma(page)).toBe('Movies')
      const other = await openConnected()
      await other.evaluate(() => {
        const { qlik } = globalThis as unknown as PageGlobals
        return qlik.fetch('/qps/user', { method: 'DELETE' })
      })
      await expect.poll(() => stateOf(page)).toBe('ended signed-out')
      expect(tokenCalls).toBe(2)
    },
  )
})

describe('a page that cannot connect', () => {
  const hintOf = (page: Page) =>
    page.evaluate(async () => {
      const tab = globalThis as unknown as PageGlobals & { options: unknown }
      const error = await tab.connect(tab.options).catch((reason: unknown) => reason)
      return (error as { hint: string }).hint
    })

  it('names the candidates in order where the proxy answers no preflight', async () => {
    setSwitches({ proxyPreflight: 'unauthorized' })
    const page = await openPage()
    expect(await connectPage(page)).toBe('ERR_BROWSER_PROXY_UNREACHABLE qlik-unreachable')
    await page.evaluate((url) => {
      const options = { mode: 'direct', product: 'client-managed', url, prefix: 'jwt' }
      Object.assign(globalThis, { options: { ...options, token: { url: '/token' } } })
    }, server.url)
    const hint = await hintOf(page)
    const places = ['certificate', 'prefix', 'Allow-Origin', 'preflight', 'jotgate session open']
    expect(places.map((word) => hint.indexOf(word))).toEqual(
      places.map((word) => hint.indexOf(word)).toSorted((a, b) => a - b),
    )
    expect(hint).toContain('gateway')
  })

  it('says which host name the allow list lacks', async () => {
    const [pageUrl, url] = [
      hostUrl.replace('localhost', 'www.acme.localhost'),
      server.url.replace('localhost', 'qlik.acme.localhost'),
    ]
    site().state.changeVirtualProxy('jwt', {
      additionalResponseHeaders: responseHeaders(pageUrl),
    })
    const page = await openPage(pageUrl)
    expect(await connectPage(page, { url })).toBe('ERR_BROWSER_HOST_NOT_ALLOWED origin-not-listed')
    site().state.changeVirtualProxy('jwt', {
      websocketCrossOriginWhiteList: ['www.acme.localhost'],
    })
    expect(await connectPage(page, { url })).toBe('connected')
    expect(await openByEnigma(page)).toBe('Movies')
  })

  it('says what the virtual proxy says', async () => {
    const page = await openPage()
    expect(await connectPage(page, { prefix: 'other' })).toBe(
      'ERR_BROWSER_PROXY_UNREACHABLE qlik-unreachable',
    )
    site().state.changeVirtualProxy('jwt', { jwtAttributeUserId: 'employee' })
    expect(await connectPage(page)).toBe('ERR_BROWSER_PROXY_REFUSED refused')
    person = undefined
    expect(await connectPage(page)).toBe('ERR_BROWSER_NOT_LOGGED_IN not-logged-in-to-host')
  })
})
