// @qlik/api on a page of another origin in Chromium, unmodified, at client-managed Qlik: windowscookie with getAccessToken.
// What the virtual proxy needs for it: CORS headers, and preflights that are answered without authentication.
import { createKeyPair } from 'jotgate/keys'
import { clientManaged, createEmulators, moviesAppId } from 'jotgate-emulator'
import jsonwebtoken from 'jsonwebtoken'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { bundleQlikApi } from './bundle-qlik-api.ts'
import { launchChromium, openContext } from './chromium.ts'
import { type HostPage, serveHostPage } from './qlik-pages.ts'

let pair: Awaited<ReturnType<typeof createKeyPair>>
let server: Awaited<ReturnType<typeof start>>
let host: HostPage
let browser: Browser
let context: BrowserContext | undefined

async function start(origin: string) {
  const emulators = await createEmulators({
    products: [
      clientManaged({
        virtualProxies: [
          {
            prefix: 'jwt',
            certificate: pair.certificatePem,
            additionalResponseHeaders: [
              `Access-Control-Allow-Origin: ${origin}`,
              'Access-Control-Allow-Credentials: true',
              'Access-Control-Allow-Headers: authorization, content-type, qlik-api-version, x-qlik-xrfkey',
              'Access-Control-Expose-Headers: qlik-csrf-token',
            ].join('\n'),
          },
        ],
      }),
    ],
  })
  return { emulators, site: emulators.products['client-managed'] }
}

beforeAll(async () => {
  const [made, launched, bundle] = await Promise.all([
    createKeyPair({ bits: 2048, days: 1 }),
    launchChromium(),
    bundleQlikApi(),
  ])
  pair = made
  browser = launched
  const body = '<script type="module" src="/api.js"></script>'
  const text = `<!doctype html><html lang="en"><title>Host</title><link rel="icon" href="data:,"><body>${body}</body></html>`
  host = await serveHostPage({
    '/': { type: 'text/html; charset=utf-8', text },
    '/api.js': { type: 'text/javascript', text: bundle },
  })
  server = await start(host.origin)
  // The modules are built when the first is asked for.
  await (await fetch(`${server.site.url}/qlik-embed/main.js`)).text()
})
afterEach(() => context?.close())
afterAll(async () => {
  await browser?.close()
  await host?.close()
  await server?.emulators.close()
})

async function openApp(): Promise<unknown> {
  context = await openContext(browser, {})
  const page = await context.newPage()
  await page.goto(host.origin)
  await page.waitForFunction('window.qlikApi')
  const token = jsonwebtoken.sign({ userId: 'ada', userDirectory: 'ACME' }, pair.privateKeyPem, {
    algorithm: 'RS256',
  })
  return page.evaluate(
    async ({ address, appId, jwt }) => {
      // biome-ignore lint/suspicious/noExplicitAny: the page's own bundle
      const { auth, qix } = (window as any).qlikApi
      auth.setDefaultHostConfig({
        host: address,
        authType: 'windowscookie',
        getAccessToken: async () => jwt,
      })
      const session = qix.openAppSession({ appId })
      try {
        const app = await session.getDoc()
        const { qTitle } = await app.getAppLayout()
        await session.close()
        return qTitle
      } catch (error) {
        return String(error)
      }
    },
    { address: `${server.site.url}/jwt`, appId: moviesAppId, jwt: token },
  )
}

it('logs in by a token and opens the app where preflights are answered', async () => {
  server.site.switches.set({ proxyPreflight: 'answered' })
  expect(await openApp()).toBe('Movies')
  expect(server.site.state.sessions()).toMatchObject([{ prefix: 'jwt', userId: 'ada' }])
})

it('cannot log in where they are not: the browser hides why', async () => {
  server.emulators.reset()
  expect(await openApp()).toContain('Failed to fetch')
  expect(server.site.state.sessions()).toEqual([])
  expect(server.emulators.requests).toContainEqual(
    expect.objectContaining({ method: 'OPTIONS', status: 401, decidedBy: 'proxyPreflight' }),
  )
})
