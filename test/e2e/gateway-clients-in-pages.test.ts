// Qlik's own clients on a page of the host application, through a gateway on a sibling host name, in a browser that
// blocks third-party cookies. Qlik is on another site.
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bundleQlikApi } from './bundle-qlik-api.ts'
import { collectComplaints, createColourCount, launchChromium } from './chromium.ts'
import { openCookieProfile } from './cookie-profile.ts'
import { grossByGenre } from './films.ts'
import { createGatewayStage, type GatewayStage } from './gateway-stage.ts'

let stage: GatewayStage
let browser: Browser
let coloursOf: Awaited<ReturnType<typeof createColourCount>>
let profile: Awaited<ReturnType<typeof openCookieProfile>>

beforeAll(async () => {
  const embedScript = fileURLToPath(import.meta.resolve('@qlik/embed-web-components'))
  const [apiBundle, embed] = await Promise.all([bundleQlikApi(), readFile(embedScript, 'utf8')])
  browser = await launchChromium()
  coloursOf = await createColourCount(browser)
  profile = await openCookieProfile('blocked')
  stage = await createGatewayStage({ gateway: { paths: { allowPaths: ['POST /api/v1/spaces'] } } })
  const script = (body: string) => ({ type: 'text/javascript', body })
  stage.host.pages.set('/api.js', script(apiBundle))
  stage.host.pages.set('/embed.js', script(embed))
  stage.host.person = {
    subject: 'acme|bjorn',
    name: 'Björn Ågren',
    email: 'bjorn@acme.example',
    groups: ['studio-paramount'],
  }
  // So that there is something that they may write.
  const { emulator } = stage.tenant
  const made = await fetch(`${emulator.url}/api/v1/users`, {
    method: 'POST',
    headers: { authorization: `Bearer ${emulator.adminKey}` },
    body: JSON.stringify({
      subject: stage.host.person.subject,
      assignedRoles: [{ name: 'SharedSpaceCreator' }],
    }),
  })
  expect(made.status).toBe(201)
  // The modules are built when the first is asked for.
  await fetch(`${stage.tenant.emulator.url}/qlik-embed/main.js`)
})

afterAll(async () => {
  await profile?.close()
  await browser?.close()
  await stage?.close()
})

/** Logs in at the gateway as a page of the host application does, then opens a page with this body. */
async function visit(context: BrowserContext, body: string): Promise<Page> {
  const path = `/page-${Math.random()}`
  stage.host.pages.set(path, {
    type: 'text/html; charset=utf-8',
    body: `<!doctype html><html lang="en"><title>Host</title><link rel="icon" href="data:,"><body>${body}</body></html>`,
  })
  const page = await stage.openTab(context)
  const status = await page.evaluate(async (gatewayUrl) => {
    const assertion = await (await fetch('/assertion', { method: 'POST' })).text()
    const headers = { authorization: `Bearer ${assertion}` }
    const login = { method: 'POST', headers, credentials: 'include' } as const
    return (await fetch(`${gatewayUrl}/.jotgate/login`, login)).status
  }, stage.gatewayUrl)
  expect(status).toBe(200)
  await page.goto(stage.hostUrl + path)
  return page
}

it('@qlik/api asks, pages, writes and opens an app, by cookie authentication', async () => {
  const page = await visit(profile.context, '<script type="module" src="/api.js"></script>')
  const complaints = collectComplaints(page)
  await page.waitForFunction('window.qlikApi')
  const answer = await page.evaluate(
    async ({ host, appId }) => {
      // biome-ignore lint/suspicious/noExplicitAny: the page's own bundle
      const { auth, items, qix, spaces, users } = (window as any).qlikApi
      auth.setDefaultHostConfig({ host, authType: 'cookie' })
      const { data: me } = await users.getMyUser()
      const made: number[] = []
      for (const name of ['First', 'Second'])
        made.push((await spaces.createSpace({ name, type: 'shared' })).status)
      const first = await spaces.getSpaces({ limit: 1 })
      // It asks for the address that Qlik named, as it stands.
      const second = await first.next()
      const names = [...first.data.data, ...second.data.data].map(({ name }) => name)
      const { data: found } = await items.getItems({ resourceType: 'app' })
      const session = qix.openAppSession({ appId })
      const app = await session.getDoc()
      const cube = await app.createSessionObject({
        qInfo: { qType: 'test' },
        qHyperCubeDef: {
          qDimensions: [{ qDef: { qFieldDefs: ['Major Genre'] }, qNullSuppression: true }],
          qMeasures: [{ qDef: { qDef: 'Sum([Worldwide Gross])' } }],
          qInitialDataFetch: [{ qTop: 0, qLeft: 0, qWidth: 2, qHeight: 100 }],
        },
      })
      const rows = (await cube.getLayout()).qHyperCube.qDataPages[0].qMatrix
      await session.close()
      return {
        name: me.name,
        made,
        names,
        apps: found.data.map((item: { name: string }) => item.name),
        rows: rows.map((row: { qText: string; qNum: number }[]) => [row[0]?.qText, row[1]?.qNum]),
      }
    },
    { host: stage.gatewayUrl, appId: stage.tenant.appId },
  )
  expect(answer).toMatchObject({ name: 'Björn Ågren', made: [201, 201], apps: ['Movies'] })
  expect(answer.names.sort()).toEqual(['First', 'Second'])
  expect(new Map(answer.rows as [string, number][])).toEqual(grossByGenre(['Paramount Pictures']))
  expect(complaints).toEqual([])
})

it('<qlik-embed> draws, an iframe shows a chart, and no Qlik cookie is in the browser', async () => {
  const { gatewayUrl, tenant } = stage
  const single = `${gatewayUrl}/single/?appid=${tenant.appId}&obj=movies-by-genre`
  const page = await visit(
    profile.context,
    `<script src="/embed.js" data-host="${gatewayUrl}" data-auth-type="cookie" data-auto-redirect="false"></script>
    <div style="height:300px;width:480px"><qlik-embed id="chart" ui="analytics/chart"
      app-id="${tenant.appId}" object-id="movies-by-genre"></qlik-embed></div>
    <iframe title="Chart" src="${single}" width="480" height="300"></iframe>`,
  )
  await expect.poll(() => coloursOf(page.locator('#chart > div'))).toBeGreaterThan(20)
  await expect.poll(() => coloursOf(page.locator('iframe'))).toBeGreaterThan(20)
  const cookies = await profile.context.cookies()
  expect(cookies.map(({ name, domain }) => `${name} ${domain}`)).toEqual([
    '__Host-jotgate qlik.acme.localhost',
  ])
  const { host } = new URL(tenant.emulator.url)
  expect(
    await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name)),
  ).not.toContainEqual(expect.stringContaining(host))
})
