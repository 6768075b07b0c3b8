// What the emulator does not compute or draw says so where the chart would stand.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchChromium, openContext } from './chromium.ts'
import { logIn } from './qlik-pages.ts'
import { createTenant, type Tenant } from './stage.ts'

const ada = { subject: 'acme|ada', name: 'Ada Lovelace', groups: ['studio-warner'] }
const genre = { qDef: { qFieldDefs: ['Major Genre'] } }
const gross = { qDef: { qDef: 'Sum([US Gross])' } }
const cube = {
  qDimensions: [genre],
  qMeasures: [gross],
  qInitialDataFetch: [{ qWidth: 2, qHeight: 50 }],
}

/** By type and ID, what stands in its place. */
const charts = [
  ['sn-pivot-table', 'pivot', { ...cube, qMode: 'P' }, 'sn-pivot-table is not in the emulator'],
  ['scatterplot', 'scatter', cube, 'scatterplot is not in the emulator'],
  ['map', 'map', cube, 'map is not in the emulator'],
  ['bar-chart', 'pivoted-bars', { ...cube, qMode: 'P' }, 'a pivot table (qMode "P") is not'],
  ['table', 'wide', { ...cube, qMeasures: Array(200).fill(gross) }, '201 columns are too many'],
  ['bar-chart', 'other-state', { ...cube, qStateName: 'B' }, 'alternate state "B" is not'],
] as const

const sheet = {
  qProperty: {
    qInfo: { qId: 'undrawn', qType: 'sheet' },
    qMetaDef: { title: 'Undrawn' },
    columns: 3,
    rows: 2,
    cells: charts.map(([type, name], index) => {
      const row = Math.floor(index / 3)
      return { name, type, col: index % 3, row, colspan: 1, rowspan: 1 }
    }),
  },
  qChildren: charts.map(([visualization, qId, qHyperCubeDef]) => ({
    qProperty: { qInfo: { qId, qType: visualization }, visualization, qHyperCubeDef },
  })),
}

let tenant: Tenant
let browser: Browser
beforeAll(async () => {
  ;[tenant, browser] = await Promise.all([createTenant(undefined, [sheet]), launchChromium()])
  // The pages are built when the first is asked for.
  await fetch(`${tenant.emulator.url}/qlik-embed/main.js`)
})
afterAll(async () => {
  await browser?.close()
  await tenant?.close()
})

it('a sheet of charts that are not drawn says of each why', async () => {
  const context = await openContext(browser, { viewport: { width: 1280, height: 800 } })
  await context.addCookies(await logIn(tenant, ada))
  const page = await context.newPage()
  await page.goto(`${tenant.emulator.url}/single/?appid=${tenant.appId}&sheet=undrawn`)
  for (const [, , , words] of charts) await page.getByText(words).first().waitFor()
  expect(await page.getByText('Error', { exact: true }).count()).toBe(0)
  await context.close()
})
