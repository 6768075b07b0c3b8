// What the emulator does not compute or draw says so where the chart would stand, and a chart that has only its data is drawn.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  axeViolations,
  createColourCount,
  launchChromium,
  openContext,
  shareOfWhite,
} from './chromium.ts'
import { logIn } from './qlik-pages.ts'
import { createTenant, type Tenant } from './stage.ts'

const ada = { subject: 'acme|ada', name: 'Ada Lovelace', groups: ['studio-warner'] }
const genre = { qDef: { qFieldDefs: ['Major Genre'] } }
const gross = { qDef: { qDef: 'Sum([US Gross])' } }
const ofSet = { qDef: { qDef: 'Sum({<Year={2000}>} [US Gross])', qLabel: 'Of 2000' } }
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
  ['bar-chart', 'one-bad', { ...cube, qMeasures: [gross, ofSet] }, 'Of 2000: set analysis is not'],
  ['table', 'bad-first', { ...cube, qMeasures: [ofSet, gross] }, 'Of 2000: set analysis is not'],
] as const

/** Charts that have only what a program gave them. */
const sparse = ['bar-chart', 'line-chart', 'pie-chart', 'kpi', 'table'].map((visualization) => ({
  qProperty: {
    qInfo: { qId: `sparse-${visualization}`, qType: visualization },
    visualization,
    qHyperCubeDef: visualization === 'kpi' ? { ...cube, qDimensions: [] } : cube,
  },
}))

const sheet = {
  qProperty: {
    qInfo: { qId: 'undrawn', qType: 'sheet' },
    qMetaDef: { title: 'Undrawn' },
    columns: 3,
    rows: 3,
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
  ;[tenant, browser] = await Promise.all([
    createTenant(undefined, [sheet, ...sparse]),
    launchChromium(),
  ])
  // The pages are built when the first is asked for.
  await fetch(`${tenant.emulator.url}/qlik-embed/main.js`)
})
afterAll(async () => {
  await browser?.close()
  await tenant?.close()
})

async function open(query: string): Promise<{ page: Page; context: BrowserContext }> {
  const context = await openContext(browser, { viewport: { width: 1280, height: 800 } })
  await context.addCookies(await logIn(tenant, ada))
  const page = await context.newPage()
  await page.goto(`${tenant.emulator.url}/single/?appid=${tenant.appId}&${query}`)
  return { page, context }
}

it('a sheet of charts that are not drawn says of each why, also in the dark', async () => {
  const { page, context } = await open('sheet=undrawn&theme=sense-dark')
  for (const [, , , words] of charts) await page.getByText(words).first().waitFor()
  expect(await page.getByText('Of 2000: set analysis is not').count()).toBe(2)
  expect(await page.getByText('Error', { exact: true }).count()).toBe(0)
  expect(await page.getByText('Incomplete visualization').count()).toBe(0)
  expect(await shareOfWhite(browser, await page.screenshot())).toBeLessThan(0.1)
  // What nebula.js writes into its cells is its own.
  expect(await axeViolations(page, ['[id^="njs-cell"]'])).toEqual([])
  await context.close()
})

it.each(sparse.map(({ qProperty }) => [qProperty.visualization, qProperty.qInfo.qId]))(
  'a %s that has only its data is drawn',
  async (_type, id) => {
    const { page, context } = await open(`obj=${id}`)
    const coloursOf = await createColourCount(browser)
    await expect.poll(() => coloursOf(page.locator('#canvas'))).toBeGreaterThan(20)
    await context.close()
  },
)
