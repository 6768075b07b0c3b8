// The hub of client-managed Qlik and the pages of its apps: as the person of the session, below the prefix, in a frame of
// another origin, and only what security rules let that person read.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  axeViolations,
  collectComplaints,
  createColourCount,
  launchChromium,
  openContext,
} from './chromium.ts'
import { type HostPage, serveHostPage } from './qlik-pages.ts'
import {
  adaOfWarner,
  bjornOfParamount,
  createServer,
  type Person,
  type Server,
} from './server-stage.ts'

let server: Server
let browser: Browser
let host: HostPage
let coloursOf: Awaited<ReturnType<typeof createColourCount>>
const contexts: BrowserContext[] = []

beforeAll(async () => {
  ;[server, browser] = await Promise.all([createServer(), launchChromium()])
  coloursOf = await createColourCount(browser)
  const frame = `<iframe title="Qlik" src="${server.url}/jwt/hub/" width="900" height="700"></iframe>`
  const text = `<!doctype html><html lang="en"><title>Host</title><link rel="icon" href="data:,"><body>${frame}</body></html>`
  host = await serveHostPage({ '/': { type: 'text/html', text } })
})

afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()))
})

afterAll(async () => {
  await browser?.close()
  await host?.close()
  await server?.close()
})

async function visit(
  person?: Person,
  look: { width?: number; colorScheme?: 'light' | 'dark' } = {},
): Promise<{ page: Page; complaints: string[] }> {
  const { width = 1280, colorScheme = 'light' } = look
  const context = await openContext(browser, { viewport: { width, height: 800 }, colorScheme })
  contexts.push(context)
  if (person !== undefined) await server.logIn(context, person)
  const page = await context.newPage()
  return { page, complaints: collectComplaints(page) }
}

const hub = () => `${server.url}/jwt/hub/`

describe('the hub', () => {
  it.each([
    [1280, 'light'],
    [390, 'dark'],
  ] as const)('is accessible and fits %i pixels, %s', async (width, colorScheme) => {
    const { page, complaints } = await visit(adaOfWarner, { width, colorScheme })
    await page.goto(hub())
    await page.getByRole('heading', { name: 'Everyone' }).waitFor()
    await page.getByText('ACME\\ada').waitFor()
    expect(await axeViolations(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      width,
    )
    expect(complaints).toEqual([])
  })

  it('leads to an app that is as dark as itself', async () => {
    const { page, complaints } = await visit(adaOfWarner, { colorScheme: 'dark' })
    await page.goto(hub())
    await page.getByRole('link', { name: 'Movies' }).click()
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    const ground = await page.evaluate(
      () => getComputedStyle(document.documentElement).backgroundColor,
    )
    expect(ground).toBe('rgb(50, 50, 50)')
    await expect.poll(() => coloursOf(page.locator('#canvas'))).toBeGreaterThan(20)
    expect(complaints).toEqual([])
  })

  it('leads to the sheets of an app, and back', async () => {
    const { page, complaints } = await visit(adaOfWarner)
    await page.goto(hub())
    await page.getByRole('link', { name: 'Movies' }).click()
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    await expect.poll(() => coloursOf(page.locator('#canvas'))).toBeGreaterThan(20)
    await page.getByRole('link', { name: 'Overview' }).click()
    await page.waitForURL(/\/jwt\/sense\/app\/[^/]+\/sheet\/movies-overview\/state\/analysis$/)
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    await page.getByRole('link', { name: 'Hub' }).click()
    await page.waitForURL(hub())
    expect(complaints).toEqual([])
  })

  it('is refused without a session, and ends one', async () => {
    const { page } = await visit()
    expect((await page.goto(hub()))?.status()).toBe(401)
    await page.getByText('Expected an authentication header').waitFor()
    await server.logIn(page.context(), adaOfWarner)
    await page.goto(hub())
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.getByText('You are logged out').waitFor()
    expect((await page.goto(hub()))?.status()).toBe(401)
  })

  it('shows each person in a frame of another origin their own', async () => {
    for (const person of [adaOfWarner, bjornOfParamount]) {
      const { page, complaints } = await visit(person)
      await page.goto(host.origin)
      const frame = page.frameLocator('iframe')
      await frame.getByText(`ACME\\${person.subject}`).waitFor()
      await frame.getByRole('link', { name: 'Movies' }).click()
      await frame.getByRole('heading', { name: 'Overview' }).waitFor()
      await expect.poll(() => coloursOf(frame.locator('#canvas'))).toBeGreaterThan(20)
      expect(complaints).toEqual([])
    }
  })

  it('lacks what a rule does not let somebody read, and it does not open', async () => {
    const site = (await (await server.control('GET', '/site')).json()) as {
      rules: { id: string; name: string }[]
    }
    const rule = site.rules.find(({ name }) => name === 'Stream')
    await server.control('PATCH', `/rules/${rule?.id}`, { disabled: true })
    const made = await server.control('POST', '/rules', {
      name: 'Warner reads Box office',
      resourceFilter: 'App_*',
      rule: 'resource.name = "Box office" and user.environment.group = "studio-warner"',
      actions: 2,
      ruleContext: 1,
    })
    const { id } = (await made.json()) as { id: string }
    const { page } = await visit(adaOfWarner)
    await page.goto(hub())
    expect(await page.getByRole('link').allTextContents()).toEqual(['Box office'])
    await page.goto(`${server.url}/jwt/sense/app/${server.appId}`)
    await page.getByRole('alert').getByText('This cannot be shown').waitFor()
    const other = await visit(bjornOfParamount)
    await other.page.goto(hub())
    await other.page.getByText('No app.').waitFor()
    await server.control('DELETE', `/rules/${id}`)
    await server.control('PATCH', `/rules/${rule?.id}`, { disabled: false })
  })
})
