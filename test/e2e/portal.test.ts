// The main job as people meet it: Chromium, the portal, and charts of one's own data.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  axeViolations,
  collectComplaints,
  createColourCount,
  launchChromium,
  openContext,
  qliksOwn,
} from './chromium.ts'
import { grossByGenre } from './films.ts'
import { readNumbers } from './portal-visit.ts'
import { createStage, type Stage } from './stage.ts'

const studios = [
  'Warner Bros.',
  'Paramount Pictures',
  'Universal',
  'Sony Pictures',
  '20th Century Fox',
  'Walt Disney Pictures',
]
const people = [
  { name: 'Ada Lovelace', sees: ['Warner Bros.'] },
  { name: 'Björn Ågren', sees: ['Paramount Pictures'] },
  { name: 'Chidi Okafor', sees: studios },
]

let stage: Stage
let browser: Browser
let coloursOf: Awaited<ReturnType<typeof createColourCount>>
const contexts: BrowserContext[] = []

beforeAll(async () => {
  ;[stage, browser] = await Promise.all([createStage(), launchChromium()])
  coloursOf = await createColourCount(browser)
})

afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()))
})

afterAll(async () => {
  await browser?.close()
  await stage?.close()
})

async function visit(path = '/'): Promise<{ page: Page; complaints: string[] }> {
  const context = await openContext(browser, { viewport: { width: 1280, height: 900 } })
  contexts.push(context)
  const page = await context.newPage()
  const complaints = collectComplaints(page)
  const answer = await page.goto(stage.portalUrl + path)
  expect(answer?.status()).toBe(200)
  return { page, complaints }
}

async function signIn(page: Page, name: string, path = '/'): Promise<void> {
  await page.getByRole('button', { name }).click()
  await page.waitForURL(stage.portalUrl + path)
}

describe('a person who signs in', () => {
  it.each(people)('$name sees their own figures, drawn', async ({ name, sees }) => {
    const { page, complaints } = await visit()
    await signIn(page, name)
    await page.getByText(`Logged in to Qlik as ${name}`).waitFor()
    expect(await readNumbers(page)).toEqual(grossByGenre(sees))
    // Nebula resolves before it has painted; the picture is there when it has many colours.
    await expect.poll(() => coloursOf(page.locator('#chart'))).toBeGreaterThan(20)
    await expect.poll(() => coloursOf(page.locator('#kpi-gross'))).toBeGreaterThan(5)
    expect(complaints).toEqual([])
  })

  it('without a right to the app sees a message that says so', async () => {
    const { page } = await visit()
    await signIn(page, 'Dana Novak')
    const failure = page.locator('#failure')
    await failure.waitFor({ state: 'visible' })
    expect(await failure.textContent()).toMatch(/not shared|no right|may not|not open to/i)
    await page.getByText('Logged in to Qlik as Dana Novak').waitFor()
    expect(await axeViolations(page)).toEqual([])
  })

  it('shares nothing with another who signs in at the same moment', async () => {
    const [ada, bjorn] = await Promise.all([visit(), visit()])
    await Promise.all([signIn(ada.page, 'Ada Lovelace'), signIn(bjorn.page, 'Björn Ågren')])
    const [adas, bjorns] = await Promise.all([readNumbers(ada.page), readNumbers(bjorn.page)])
    expect(adas).toEqual(grossByGenre(['Warner Bros.']))
    expect(bjorns).toEqual(grossByGenre(['Paramount Pictures']))
    expect([...ada.complaints, ...bjorn.complaints]).toEqual([])
  })

  it('who signs out in one tab sees the page to sign in at in the other', async () => {
    const { page } = await visit()
    await signIn(page, 'Ada Lovelace')
    const other = await page.context().newPage()
    await other.goto(`${stage.portalUrl}/`)
    await other.getByText('Logged in to Qlik as Ada Lovelace').waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await other.getByRole('heading', { name: 'Sign in as' }).waitFor()
    await signIn(page, 'Björn Ågren')
    await page.getByText('Logged in to Qlik as Björn Ågren').waitFor()
  })

  it('is never mistaken for the one who used the browser before', async () => {
    // This view asks the engine nothing more once its numbers stand, so the sign-out cuts no call short.
    const { page, complaints } = await visit('/enigma')
    await signIn(page, 'Ada Lovelace', '/enigma')
    expect(await readNumbers(page)).toEqual(grossByGenre(['Warner Bros.']))
    await page.getByRole('button', { name: 'Sign out' }).click()
    await signIn(page, 'Björn Ågren')
    await page.getByText('Logged in to Qlik as Björn Ågren').waitFor()
    expect(await readNumbers(page)).toEqual(grossByGenre(['Paramount Pictures']))
    // Whether the log-out held is seen by asking Qlik for a CSRF token, which it must refuse.
    expect(complaints).toEqual([expect.stringMatching(/^Failed to load resource.* 401 /)])
  })
})

describe('a visitor', () => {
  it('is asked who they are, and gets no token', async () => {
    const { page, complaints } = await visit()
    await page.getByRole('heading', { name: 'Sign in as' }).waitFor()
    const answer = await page.context().request.post(`${stage.portalUrl}/token`, {
      headers: { origin: stage.portalUrl, 'content-type': 'application/json' },
      data: {},
    })
    expect(answer.status()).toBe(401)
    expect(await answer.text()).not.toContain('eyJ')
    expect(complaints).toEqual([])
  })
})

describe('the pages', () => {
  it.each(['light', 'dark'] as const)('are accessible in %s', async (colorScheme) => {
    const { page } = await visit()
    await page.emulateMedia({ colorScheme })
    expect(await axeViolations(page)).toEqual([])
    await signIn(page, 'Ada Lovelace')
    await readNumbers(page)
    await page.locator('#numbers').evaluate((details) => details.setAttribute('open', ''))
    expect(await axeViolations(page, qliksOwn)).toEqual([])
  })

  it('can be used with the keyboard only', async () => {
    const { page } = await visit()
    for (let presses = 0; presses < 12; presses += 1) {
      await page.keyboard.press('Tab')
      const focused = await page.evaluate(() => document.activeElement?.textContent ?? '')
      if (focused.includes('Ada Lovelace')) break
    }
    await page.keyboard.press('Enter')
    await page.getByText('Logged in to Qlik as Ada Lovelace').waitFor()
  })

  it('contain the nebula.js that the project pins', async () => {
    const { page } = await visit()
    await signIn(page, 'Ada Lovelace')
    await readNumbers(page)
    // nebula.js marks the page with its version, once for each copy that it holds.
    const versions = await page
      .locator('[data-nebulajs-version]')
      .evaluateAll((charts) => charts.map((chart) => chart.getAttribute('data-nebulajs-version')))
    expect(versions).toEqual(['7.4.0'])
  })
})
