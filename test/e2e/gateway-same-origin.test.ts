// The gateway on the host application's own origin: the pages of both are one site and one origin, the host
// application's own cookie says who it is, and <qlik-embed> needs no authentication of its own.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cloud } from 'jotgate'
import { createGateway, type Gateway, identifyByCallback, memoryStore } from 'jotgate/gateway'
import { pino } from 'pino'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { collectComplaints, createColourCount, launchChromium, openContext } from './chromium.ts'
import { findFreePort } from './free-port.ts'
import { auditIn } from './gateway-stage.ts'
import { createTenant, type Tenant } from './stage.ts'
import { ada } from './tab-stage.ts'

let browser: Browser
let context: BrowserContext
let tenant: Tenant
let gateway: Gateway
let server: Server
let folder: string
let hostUrl: string
let coloursOf: Awaited<ReturnType<typeof createColourCount>>

beforeAll(async () => {
  const port = await findFreePort()
  hostUrl = `http://www.acme.localhost:${port}`
  browser = await launchChromium()
  ;[tenant, coloursOf, folder, context] = await Promise.all([
    createTenant([hostUrl]),
    createColourCount(browser),
    mkdtemp(join(tmpdir(), 'jotgate-same-origin-')),
    openContext(browser),
  ])
  gateway = await createGateway({
    publicUrl: hostUrl,
    allowedOrigins: [hostUrl],
    sameOrigin: true,
    upstream: {
      deployment: cloud({
        url: `http://tenant.cloud.localhost:${tenant.emulator.port}`,
        issuer: tenant.deployment.issuer,
      }),
      key: tenant.key,
    },
    identify: identifyByCallback(({ headers }) =>
      headers.get('cookie')?.includes('host-session=ada')
        ? { ...ada, emailVerified: true }
        : undefined,
    ),
    store: memoryStore(),
    audit: auditIn(folder),
    log: pino({ level: 'silent' }),
  })
  const embedScript = fileURLToPath(import.meta.resolve('@qlik/embed-web-components'))
  const pages = new Map([
    ['/embed.js', { type: 'text/javascript', body: await readFile(embedScript, 'utf8') }],
    ['/login', { type: 'text/plain', body: 'the login of the host application' }],
    ['/', { type: 'text/html', body: pageWith(tenant.appId) }],
  ])
  server = createServer((request, response) =>
    gateway.handler(request, response, () => {
      const page = pages.get(new URL(request.url ?? '/', hostUrl).pathname)
      if (page === undefined) return response.writeHead(404).end('not the host’s')
      response.setHeader('set-cookie', 'host-session=ada; Path=/; HttpOnly; SameSite=Lax')
      return response.setHeader('content-type', page.type).end(page.body)
    }),
  )
  server.on('upgrade', (request, socket, head) =>
    gateway.upgrade(request, socket, head, () => socket.destroy()),
  )
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  // The modules are built when the first is asked for.
  await fetch(`${tenant.emulator.url}/qlik-embed/main.js`)
})

afterAll(async () => {
  await context?.close()
  await browser?.close()
  await gateway?.close()
  server?.closeAllConnections()
  server?.close()
  await tenant?.close()
  if (folder !== undefined) await rm(folder, { recursive: true, force: true })
})

/** The component is loaded once there is a session. */
const pageWith = (appId: string) => `<!doctype html><html lang="en"><title>Host</title>
<link rel="icon" href="data:,"><div style="height:300px;width:480px"><qlik-embed id="chart"
ui="analytics/chart" app-id="${appId}" object-id="movies-by-genre"></qlik-embed></div>
<iframe id="frame" title="Chart" width="480" height="300"></iframe>
<script type="module">
const answer = await fetch('/.jotgate/login', { method: 'POST' })
document.title = 'login ' + answer.status
const script = Object.assign(document.createElement('script'), { src: '/embed.js' })
Object.assign(script.dataset, { host: location.origin, authType: 'none' })
document.body.append(script)
document.querySelector('iframe').src = '/single/?appid=${appId}&obj=movies-by-genre'
</script>`

it('<qlik-embed> draws by auth type none, a frame without, and the host application keeps its own paths', async () => {
  const page = await context.newPage()
  const complaints = collectComplaints(page)
  await page.goto(hostUrl)
  await expect.poll(() => page.title()).toBe('login 200')
  for (const shown of ['#chart > div', '#frame'])
    await expect.poll(() => coloursOf(page.locator(shown))).toBeGreaterThan(20)
  const hosts = await page.evaluate(async () => {
    const statusOf = async (path: string) => {
      const answer = await fetch(path)
      return `${answer.status} ${(await answer.text()).slice(0, 20)}`
    }
    return Promise.all(['/login', '/logout', '/api/v1/own'].map(statusOf))
  })
  expect(hosts).toEqual(['200 the login of the hos', '404 not the host’s', '404 not the host’s'])
  const cookies = await context.cookies()
  expect(cookies.map(({ name }) => name).sort()).toEqual(['__Host-jotgate', 'host-session'])
  // Of those three the browser tells by itself that two have failed.
  expect(complaints.filter((words) => !words.includes('404'))).toEqual([])
})
