// Client-managed Qlik at sense.server.localhost on pages at www.acme.localhost, through a gateway, in a browser that blocks
// third-party cookies: the hub in a frame, and Qlik's own clients, unmodified. Below the same prefix, and at the root.
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { collectComplaints } from './chromium.ts'
import { openCookieProfile } from './cookie-profile.ts'
import { countBy, type Film } from './films.ts'
import { createServerGatewayStage, type ServerGatewayStage } from './gateway-stage.ts'
import { adaOfWarner } from './server-stage.ts'
import { bundleClient } from './tab-stage.ts'

let scripts: Awaited<ReturnType<typeof bundleClient>>
let embedScript: string
let profile: Awaited<ReturnType<typeof openCookieProfile>>
let context: BrowserContext

beforeAll(async () => {
  ;[scripts, embedScript, profile] = await Promise.all([
    bundleClient({
      imports: `
        import enigma from 'enigma.js'
        import schema from 'enigma.js/schemas/12.2027.0.json'
        import { embed } from '@nebula.js/stardust'
        import pieChart from '@nebula.js/sn-pie-chart'
        import { auth, qix } from '@qlik/api'`,
      names: 'enigma, schema, embed, pieChart, qlikApi: { auth, qix }',
    }),
    readFile(fileURLToPath(import.meta.resolve('@qlik/embed-web-components')), 'utf8'),
    openCookieProfile('blocked'),
  ])
  context = profile.context
})
afterAll(() => profile?.close())

describe.each([
  { base: '/jwt', atRoot: false },
  { base: '', atRoot: true },
])('with “$base” before Qlik’s paths', ({ base, atRoot }) => {
  let stage: ServerGatewayStage
  beforeAll(async () => {
    stage = await createServerGatewayStage({ upstream: { atRoot } })
    const { host, server } = stage
    host.person = adaOfWarner
    for (const [path, body] of scripts) host.pages.set(path, { type: 'text/javascript', body })
    host.pages.set('/embed.js', { type: 'text/javascript', body: embedScript })
    // The local Qlik builds its own pages when the first is asked for.
    await (await fetch(`${server.url}/jwt/qlik-embed/main.js`)).text()
  })
  afterAll(() => stage?.close())
  beforeEach(() => context.clearCookies())

  /** A page of the host application with this in its body. */
  function setPage(path: string, body: string): void {
    stage.host.pages.set(path, {
      type: 'text/html; charset=utf-8',
      body: `<!doctype html><html lang="en"><title>Host</title><link rel="icon" href="data:,"><body>${body}</body></html>`,
    })
  }
  const cookieNames = async () => (await context.cookies()).map(({ name }) => name)

  it('shows the hub to its person, leads to an app, and leaves no cookie of Qlik’s', async () => {
    setPage('/enter', 'Welcome')
    setPage(
      '/hub',
      `<iframe title="Qlik" src="${stage.gatewayUrl}${base}/hub/" width="900" height="700"></iframe>`,
    )
    const page = await stage.openTab(context, '/enter')
    const status = await page.evaluate(
      async ({ gateway, assertion }) => {
        const headers = { authorization: `Bearer ${assertion}` }
        const init = { method: 'POST', credentials: 'include', headers } as const
        return (await fetch(`${gateway}/.jotgate/login`, init)).status
      },
      { gateway: stage.gatewayUrl, assertion: stage.host.assertionFor(adaOfWarner) },
    )
    expect(status).toBe(200)
    const complaints = collectComplaints(page)
    await page.goto(`${stage.hostUrl}/hub`)
    const hub = page.frameLocator('iframe')
    await hub.getByText('ACME\\ada').waitFor()
    await hub.getByRole('link', { name: 'Movies' }).click()
    await hub.getByRole('heading', { name: 'Overview' }).waitFor()
    expect(complaints).toEqual([])
    expect(await cookieNames()).toEqual(['__Host-jotgate'])
    await page.close()
  })

  it('has enigma.js, nebula.js, @qlik/api and <qlik-embed> on a page, as one Qlik session', async () => {
    const { gatewayUrl, hostUrl, server } = stage
    setPage(
      '/all',
      `<div style="height:300px;width:480px"><div id="chart" style="height:100%"></div></div>
       <script src="/embed.js" data-host="${gatewayUrl}${base}" data-auth-type="windowscookie"
         data-auto-redirect="false"></script>
       <div id="place" style="height:300px;width:480px"></div>
       <script type="module" src="/client.js"></script>`,
    )
    const page = await context.newPage()
    const complaints = collectComplaints(page)
    await page.goto(`${hostUrl}/all`)
    await page.waitForFunction('globalThis.qlikApi')
    expect(await connectAndDraw(page)).toEqual({
      url: `${gatewayUrl.replace('http', 'ws')}${base}/app/${server.appId}`,
      counts: Object.fromEntries(countBy('MPAA Rating', isAdas)),
      title: 'Movies',
    })
    await page.locator('#chart canvas').first().waitFor()
    await page.locator('qlik-embed canvas').first().waitFor()
    expect(complaints).toEqual([])
    expect(await cookieNames()).toEqual(['__Host-jotgate'])
    const sessions = server.emulators.products['client-managed'].state.sessions()
    expect(sessions).toMatchObject([{ userId: 'ada', prefix: 'jwt' }])
    await page.close()
  })

  /** Connects as the page would, and shows the app in each way. */
  const connectAndDraw = (page: Page) =>
    page.evaluate(
      async ({ gateway, prefix, appId }) => {
        // biome-ignore lint/suspicious/noExplicitAny: the page's own bundle
        const { connect, enigma, schema, embed, pieChart, qlikApi } = globalThis as any
        const assertion = async () => (await fetch('/assertion', { method: 'POST' })).text()
        const qlik = await connect({ mode: 'gateway', url: gateway, assertion })
        const url = qlik.webSocketUrl(appId)
        const session = enigma.create({ schema, url, createSocket: qlik.createSocket })
        const doc = await (await session.open()).openDoc(appId)
        const nebula = embed(doc, { types: [{ name: 'pie-chart', load: async () => pieChart }] })
        const rating = { qDef: { qFieldDefs: ['MPAA Rating'] }, qNullSuppression: true }
        const fields = [rating, '=Count(Title)']
        const element = document.querySelector('#chart')
        const chart = await nebula.render({ element, type: 'pie-chart', fields })
        const [{ qMatrix }] = (await chart.model.getLayout()).qHyperCube.qDataPages
        const { auth, qix } = qlikApi
        auth.setDefaultHostConfig({ host: `${gateway}${prefix}`, authType: 'windowscookie' })
        const app = await qix.openAppSession({ appId }).getDoc()
        const embedded = document.createElement('qlik-embed')
        for (const [name, value] of [
          ['ui', 'analytics/chart'],
          ['app-id', appId],
          ['object-id', 'movies-by-genre'],
        ] as const)
          embedded.setAttribute(name, value)
        document.querySelector('#place')?.append(embedded)
        return {
          url,
          counts: Object.fromEntries(
            qMatrix.map(([name, count]: { qText: string; qNum: number }[]) => [
              name?.qText,
              count?.qNum,
            ]),
          ) as Record<string, number>,
          title: (await app.getAppLayout()).qTitle as string,
        }
      },
      { gateway: stage.gatewayUrl, prefix: base, appId: stage.server.appId },
    )
})

const isAdas = (film: Film) => film.Distributor === 'Warner Bros.'
