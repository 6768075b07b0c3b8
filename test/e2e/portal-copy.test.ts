// What people copy from a view of the portal runs as it stands, in a page of their own.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { collectComplaints, createColourCount, launchChromium, openContext } from './chromium.ts'
import { grossByGenre } from './films.ts'
import { findFreePort } from './free-port.ts'
import { visitAs } from './portal-visit.ts'
import { serveHostPage } from './qlik-pages.ts'
import { createStage, type Stage } from './stage.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const bjorn = {
  subject: 'acme|bjorn',
  name: 'Björn Ågren',
  email: 'bjorn@acme.example',
  emailVerified: true,
  groups: ['studio-paramount'],
}

let stage: Stage
let browser: Browser
let ownPort: number
let coloursOf: Awaited<ReturnType<typeof createColourCount>>
const cleanUps: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  ownPort = await findFreePort()
  ;[stage, browser] = await Promise.all([
    createStage([`http://localhost:${ownPort}`]),
    launchChromium(),
  ])
  coloursOf = await createColourCount(browser)
  // The local Qlik builds its own pages when the first is asked for.
  await fetch(`${stage.deployment.url}/qlik-embed/main.js`)
})

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

afterAll(async () => {
  await browser?.close()
  await stage?.close()
})

async function openOwnContext(): Promise<BrowserContext> {
  const context = await openContext(browser, { viewport: { width: 1000, height: 900 } })
  cleanUps.push(() => context.close())
  return context
}

/** What the button puts on the clipboard. */
async function copyFrom(path: string): Promise<string> {
  const context = await openOwnContext()
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const { page } = await visitAs(context, { url: stage.portalUrl + path, name: 'Ada Lovelace' })
  await page.getByText(stage.webIntegrationId).first().waitFor()
  await page.getByRole('button', { name: 'Copy' }).click()
  await page.getByText('Copied').first().waitFor()
  return page.evaluate(() => navigator.clipboard.readText())
}

/** What vite makes, without settings, of a folder that holds the script and a page for it. */
async function bundle(script: string): Promise<Record<string, { type: string; text: string }>> {
  // Inside the project, where the packages are found, and where git looks at nothing.
  await mkdir(join(root, '.cache'), { recursive: true })
  const folder = await mkdtemp(join(root, '.cache/copied-'))
  cleanUps.push(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'main.js'), script)
  await writeFile(
    join(folder, 'index.html'),
    '<!doctype html>\n<script type="module" src="main.js"></script>',
  )
  const { build, defaultClientConditions } = await import('vite')
  const built = await build({
    root: folder,
    configFile: false,
    logLevel: 'error',
    // jotgate is not built here; people install it built.
    resolve: { conditions: ['jotgate-source', ...defaultClientConditions] },
    build: { write: false, chunkSizeWarningLimit: 4000 },
  })
  const outputs = [built].flat().flatMap((one) => ('output' in one ? one.output : []))
  return Object.fromEntries(
    outputs.map((file) =>
      file.type === 'chunk'
        ? [`/${file.fileName}`, { type: 'text/javascript', text: file.code }]
        : [`/${file.fileName}`, { type: 'text/html', text: String(file.source) }],
    ),
  )
}

/** Opens somebody's own page, whose server signs tokens for Björn, with the script of a view in it. */
async function openOwnPageWith(path: string): Promise<{ page: Page; complaints: string[] }> {
  const files = await bundle(await copyFrom(path))
  const host = await serveHostPage(
    {
      ...files,
      '/': files['/index.html'] ?? { type: 'text/html', text: '' },
      '/favicon.ico': { type: 'image/x-icon', text: '' },
      '/token': {
        type: 'application/json',
        text: async () => JSON.stringify({ token: (await stage.signer.sign(bjorn)).token }),
      },
    },
    ownPort,
  )
  cleanUps.push(() => host.close())
  const page = await (await openOwnContext()).newPage()
  const complaints = collectComplaints(page)
  await page.goto(host.origin)
  return { page, complaints }
}

const expectDrawn = (page: Page, selector: string) =>
  expect.poll(() => coloursOf(page.locator(selector))).toBeGreaterThan(20)

const readTable = (page: Page) =>
  page
    .locator('td')
    .allTextContents()
    .then((cells) =>
      Object.fromEntries(
        cells.flatMap((cell, at) => (at % 2 === 0 ? [[cell, Number(cells[at + 1])]] : [])),
      ),
    )

const bjornsGross = () => Object.fromEntries(grossByGenre(['Paramount Pictures']))

/** What each script puts on the page. */
const shownBy: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  '/': async (page) => {
    await page.getByText('Fantasy', { exact: true }).click()
    await page.getByRole('button', { name: /clear all/i }).waitFor()
    await expectDrawn(page, 'body > div:nth-of-type(3)')
  },
  '/embed/iframe': async (page) => {
    await expectDrawn(page, 'iframe')
    await expectDrawn(page, 'iframe + div')
  },
  '/rest': (page) => page.getByText(`Movies, app ${stage.appId}`).waitFor(),
  '/enigma': (page) => expect.poll(() => readTable(page)).toEqual(bjornsGross()),
  '/qlik-api': (page) => expect.poll(() => readTable(page)).toEqual(bjornsGross()),
  '/qlik-embed': (page) => expectDrawn(page, 'qlik-embed'),
}

it.each(Object.entries(shownBy))('the script of %s runs as it stands', async (path, isShown) => {
  const { page, complaints } = await openOwnPageWith(path)
  await isShown(page)
  expect(complaints).toEqual([])
})
