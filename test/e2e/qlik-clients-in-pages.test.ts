// Qlik's own clients on a host's page in Chromium, unmodified: @qlik/api and <qlik-embed>. What they ask a
// tenant for at run time comes from the emulator's /qlik-embed/main.js.
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { operationsOf } from '../../scripts/docs/exercised-operations.ts'
import { bundleQlikApi } from './bundle-qlik-api.ts'
import { collectComplaints, createColourCount, launchChromium, openContext } from './chromium.ts'
import { exercisedOperations, markNow } from './exercised-operations.ts'
import { grossByGenre } from './films.ts'
import { type HostPage, logIn, serveHostPage } from './qlik-pages.ts'
import { createTenant, type Tenant } from './stage.ts'

const bjorn = { subject: 'acme|bjorn', name: 'Björn Ågren', groups: ['studio-paramount'] }

let tenant: Tenant
let browser: Browser
let coloursOf: Awaited<ReturnType<typeof createColourCount>>
let apiBundle: string
let embedScript: string
const contexts: BrowserContext[] = []
const hosts: HostPage[] = []

beforeAll(async () => {
  ;[tenant, browser, apiBundle, embedScript] = await Promise.all([
    createTenant(),
    launchChromium(),
    bundleQlikApi(),
    readFile(fileURLToPath(import.meta.resolve('@qlik/embed-web-components')), 'utf8'),
  ])
  coloursOf = await createColourCount(browser)
  // The modules are built when the first is asked for.
  await fetch(`${tenant.emulator.url}/qlik-embed/main.js`)
})

afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()))
  await Promise.all(hosts.splice(0).map((host) => host.close()))
})

afterAll(async () => {
  await browser?.close()
  await tenant?.close()
})

/** Opens a page of the host's, as somebody who is logged in, with what it holds in its body. */
async function visit(body: string) {
  const host = await serveHostPage({
    '/': {
      type: 'text/html; charset=utf-8',
      text: `<!doctype html><html lang="en"><title>Host</title><link rel="icon" href="data:,"><body>${body}</body></html>`,
    },
    '/api.js': { type: 'text/javascript', text: apiBundle },
    '/embed.js': { type: 'text/javascript', text: embedScript },
  })
  hosts.push(host)
  await tenant.allowOrigins([host.origin])
  const context = await openContext(browser, { viewport: { width: 1000, height: 900 } })
  contexts.push(context)
  await context.addCookies(await logIn(tenant, bjorn))
  const page = await context.newPage()
  const complaints = collectComplaints(page)
  const before = await markNow(tenant.emulator)
  await page.goto(host.origin)
  /** What the page has asked of the tenant. */
  const operations = () => exercisedOperations(tenant.emulator, before)
  return { page, complaints, operations }
}

const embed = (attributes: string) =>
  `<div style="height:300px;width:480px;float:left"><qlik-embed ${attributes}></qlik-embed></div>`

const embedHost = () => `<script src="/embed.js" data-host="${tenant.emulator.url}"
  data-auth-type="cookie" data-web-integration-id="${tenant.webIntegrationId}"
  data-auto-redirect="false" data-cross-site-cookies="true"></script>`

describe('@qlik/api on a page', () => {
  it('asks who is logged in, opens an app and reads figures', async () => {
    const { page, complaints, operations } = await visit(
      '<script type="module" src="/api.js"></script>',
    )
    await page.waitForFunction('window.qlikApi')
    const answer = await page.evaluate(
      async ({ host, webIntegrationId, appId }) => {
        // biome-ignore lint/suspicious/noExplicitAny: the page's own bundle
        const { auth, users, qix } = (window as any).qlikApi
        auth.setDefaultHostConfig({ host, authType: 'cookie', webIntegrationId })
        const { data: me } = await users.getMyUser()
        const session = qix.openAppSession({ appId, autoResume: true })
        const app = await session.getDoc()
        const cube = await app.createSessionObject({
          qInfo: { qType: 'test' },
          qHyperCubeDef: {
            qDimensions: [{ qDef: { qFieldDefs: ['Major Genre'] }, qNullSuppression: true }],
            qMeasures: [{ qDef: { qDef: 'Sum([Worldwide Gross])' } }],
            qInitialDataFetch: [{ qTop: 0, qLeft: 0, qWidth: 2, qHeight: 100 }],
          },
        })
        const layout = await cube.getLayout()
        const rows = layout.qHyperCube.qDataPages[0].qMatrix
        await session.close()
        return {
          name: me.name,
          rows: rows.map((row: { qText: string; qNum: number }[]) => [row[0]?.qText, row[1]?.qNum]),
        }
      },
      {
        host: tenant.emulator.url,
        webIntegrationId: tenant.webIntegrationId,
        appId: tenant.appId,
      },
    )
    expect(answer.name).toBe('Björn Ågren')
    expect(new Map(answer.rows as [string, number][])).toEqual(grossByGenre(['Paramount Pictures']))
    expect(complaints).toEqual([])
    expect(await operations()).toEqual(operationsOf('@qlik/api 2.19.0 in Chromium'))
  })
})

describe('<qlik-embed>', () => {
  it('draws stored charts and new ones, a sheet and the selections, with one WebSocket', async () => {
    const app = `app-id="${tenant.appId}"`
    const { page, complaints, operations } = await visit(
      [
        embedHost(),
        embed(`ui="analytics/selections" ${app}`),
        embed(`id="stored" ui="analytics/chart" ${app} object-id="movies-by-genre"`),
        embed(
          `id="ad-hoc" ui="analytics/chart" ${app} type="piechart" dimensions='["Major Genre"]' measures='["Count(Title)"]'`,
        ),
        embed(`id="sheet" ui="analytics/sheet" ${app} sheet-id="movies-overview"`),
      ].join('\n'),
    )
    for (const id of ['stored', 'ad-hoc', 'sheet'])
      await expect.poll(() => coloursOf(page.locator(`#${id} > div`))).toBeGreaterThan(20)
    const isSocket = ({ path, status }: { path: string; status: number }) =>
      path.startsWith(`/app/${tenant.appId}`) && status === 101
    const opened = tenant.emulator.requests.filter(isSocket).length
    const before = await page.locator('#ad-hoc').locator('> div').screenshot()

    // The component hands its app out, and all charts follow what is selected there.
    const title = await page.evaluate(async () => {
      // biome-ignore lint/suspicious/noExplicitAny: the element's own class
      const api = await (document.querySelector('#stored') as any).getRefApi()
      const doc = await api.getDoc()
      const field = await doc.getField('Major Genre')
      await field.selectValues([{ qText: 'Comedy' }], false, false)
      return (await (await api.getObject()).getLayout()).title
    })
    expect(title).toBe('US gross by genre')
    await page.getByText('Comedy').first().waitFor()
    await expect
      .poll(async () => before.equals(await page.locator('#ad-hoc > div').screenshot()))
      .toBe(false)
    expect(tenant.emulator.requests.filter(isSocket).length).toBe(opened)
    expect(complaints).toEqual([])
    const expected = operationsOf('qlik-embed 1.6.0 in Chromium, on the emulator’s runtime')
    expect(await operations()).toEqual(expected)
  })

  it('begins with the selections that the page asks for', async () => {
    const app = `app-id="${tenant.appId}"`
    const { page } = await visit(
      [
        embedHost(),
        `<qlik-initial-selections ${app} clear-all="true"><field name="Major Genre" values="Drama"></field></qlik-initial-selections>`,
        embed(`ui="analytics/selections" ${app}`),
      ].join('\n'),
    )
    await page.getByText('Drama').first().waitFor()
    await page.locator('[data-emulator]').getByText('Major Genre').waitFor()
  })

  it.each([
    ['ui="classic/app"', 'classic/app is not in the emulator'],
    ['ui="analytics/chart" object-id="none"', 'The app has no object none'],
    ['ui="analytics/chart" type="map" dimensions="[]"', 'map is not in the emulator'],
  ])('says in words what it does not show: %s', async (attributes, words) => {
    const { page } = await visit(embedHost() + embed(`app-id="${tenant.appId}" ${attributes}`))
    await page.getByRole('alert').getByText(words).waitFor()
  })
})
