// Each way to bring Qlik into a page, as the portal shows it: drawn, with right numbers, and with
// selections that travel.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { operationsOf } from '../../scripts/docs/exercised-operations.ts'
import {
  axeViolations,
  createColourCount,
  launchChromium,
  qliksOwn,
  shareOfWhite,
} from './chromium.ts'
import { exercisedOperations, markNow, onlyOfEngine } from './exercised-operations.ts'
import { countBy, type Film, grossByGenre, sumBy } from './films.ts'
import { readNumbers, type Visit, visitAs } from './portal-visit.ts'
import { createStage, type Stage } from './stage.ts'

const studio = 'Warner Bros.'
const isAdas = (film: Film) => film.Distributor === studio
const views = ['/', '/embed/iframe', '/rest', '/enigma', '/qlik-api', '/qlik-embed']

let stage: Stage
let browser: Browser
let coloursOf: Awaited<ReturnType<typeof createColourCount>>
const contexts: BrowserContext[] = []

beforeAll(async () => {
  ;[stage, browser] = await Promise.all([createStage(), launchChromium()])
  coloursOf = await createColourCount(browser)
  // The local Qlik builds its own pages when the first is asked for.
  await fetch(`${stage.deployment.url}/qlik-embed/main.js`)
})

afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()))
})

afterAll(async () => {
  await browser?.close()
  await stage?.close()
})

async function enter(
  path: string,
  look: { colorScheme?: 'light' | 'dark'; width?: number } = {},
): Promise<Visit> {
  const visit = await visitAs(browser, {
    url: stage.portalUrl + path,
    name: 'Ada Lovelace',
    ...look,
  })
  contexts.push(visit.context)
  return visit
}

/** A picture of many colours: nebula resolves before it has painted. */
async function expectDrawn(page: Page, selector: string, colours = 20): Promise<void> {
  await expect.poll(() => coloursOf(page.locator(selector))).toBeGreaterThan(colours)
}

const clickInside = async (page: Page, selector: string, [x, y]: readonly [number, number]) => {
  await page.locator(selector).scrollIntoViewIfNeeded()
  const box = await page.locator(selector).boundingBox()
  if (!box) throw new Error(`${selector} is not on the page`)
  await page.mouse.click(box.x + box.width * x, box.y + box.height * y)
}

/** Waits until the table says what the loop says. */
const expectNumbers = (page: Page, frame: string, wanted: Map<string, number>) =>
  expect.poll(() => readNumbers(page, frame)).toEqual(wanted)

describe('the dashboard of nebula.js', () => {
  it('draws each chart with the same numbers as a plain loop', async () => {
    const { page, complaints } = await enter('/')
    await expectNumbers(page, '#numbers-frame', grossByGenre([studio]))
    await expectNumbers(page, '#line-frame', countBy('IMDB Rating', isAdas))
    await expectNumbers(page, '#pie-frame', countBy('MPAA Rating', isAdas))
    for (const id of ['chart', 'line', 'pie', 'table', 'list-box', 'kpi-films'])
      await expectDrawn(page, `#${id}`, id === 'kpi-films' ? 5 : 20)
    expect(await page.locator('#table').textContent()).toContain('Totals')
    expect(complaints).toEqual([])
  })

  it.each([
    { client: 'nebula.js 7.4.0 in Chromium', path: '/', chart: '#chart' },
    { client: 'enigma.js 2.15.0 in Chromium', path: '/enigma', chart: '#numbers-frame' },
  ] as const)('asks what docs/reference/emulator.json says of $client', async (one) => {
    const before = await markNow(stage.emulator)
    const { page } = await enter(one.path)
    await expectDrawn(page, one.chart, 5)
    const measure = async () => onlyOfEngine(await exercisedOperations(stage.emulator, before))
    await expect.poll(measure).toEqual(operationsOf(one.client))
    // What comes late comes at the end at the latest.
    await page.close()
    expect(await measure()).toEqual(operationsOf(one.client))
  })

  it('applies a selection in the list to every chart, and clears it again', async () => {
    const { page, complaints } = await enter('/')
    await expectNumbers(page, '#pie-frame', countBy('MPAA Rating', isAdas))
    await page.locator('#list-box').getByText('Fantasy').click()
    const isFantasy = (film: Film) => isAdas(film) && film['Creative Type'] === 'Fantasy'
    await expectNumbers(page, '#pie-frame', countBy('MPAA Rating', isFantasy))
    await expectNumbers(page, '#line-frame', countBy('IMDB Rating', isFantasy))
    await expectNumbers(page, '#numbers-frame', sumBy('Major Genre', 'Worldwide Gross', isFantasy))
    await page.locator('#selections').getByText('Fantasy').waitFor()
    await page.getByRole('button', { name: 'Confirm selection' }).click()
    await page
      .locator('#selections')
      .getByRole('button', { name: /clear all/i })
      .click()
    await expectNumbers(page, '#pie-frame', countBy('MPAA Rating', isAdas))
    expect(complaints).toEqual([])
  })

  it('applies a click on a slice to the bars', async () => {
    const { page } = await enter('/')
    await expectDrawn(page, '#pie')
    await expectNumbers(page, '#numbers-frame', grossByGenre([studio]))
    await clickInside(page, '#pie', [0.45, 0.45])
    await page.locator('#selections').getByText('MPAA Rating').waitFor()
    const chosen = await page.locator('#selections').textContent()
    const rating = [...countBy('MPAA Rating', isAdas).keys()].find((name) =>
      chosen?.endsWith(`MPAA Rating${name}`),
    )
    const isRated = (film: Film) => isAdas(film) && film['MPAA Rating'] === rating
    await expectNumbers(page, '#numbers-frame', sumBy('Major Genre', 'Worldwide Gross', isRated))
  })

  it('can be used with the keyboard, and left again', async () => {
    const { page } = await enter('/')
    await expectDrawn(page, '#list-box')
    // A list that is drawn again meanwhile loses a key; a person would press them again.
    const choose = async () => {
      await page.locator('#list-box').focus()
      for (const key of ['Enter', 'ArrowDown', ' ']) await page.keyboard.press(key)
      const chosen = page.locator('#selections').getByText('Creative Type')
      return chosen.waitFor({ timeout: 5000 }).then(
        () => true,
        () => false,
      )
    }
    await expect.poll(choose).toBe(true)
    await page.keyboard.press('Escape')
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('list-box')
    await page.keyboard.press('Shift+Tab')
    expect(await page.evaluate(() => document.activeElement?.closest('#list-box'))).toBeNull()
  })
})

describe('a frame beside a chart', () => {
  it('shares its selections with the page, both ways', async () => {
    const { page, complaints } = await enter('/embed/iframe')
    await expectDrawn(page, '#chart')
    await expectDrawn(page, '#qlik-frame')
    const before = await page.locator('#qlik-frame').screenshot()
    await clickInside(page, '#chart', [0.45, 0.45])
    await page.locator('#selections').getByText('MPAA Rating').waitFor()
    await expect
      .poll(async () => before.equals(await page.locator('#qlik-frame').screenshot()))
      .toBe(false)
    await page.getByRole('button', { name: 'Confirm selection' }).click()
    await page
      .locator('#selections')
      .getByRole('button', { name: /clear all/i })
      .click()
    await expectNumbers(page, '#numbers-frame', countBy('MPAA Rating', isAdas))

    // The first bar is that of the genre with the highest gross.
    await expectDrawn(page, '#qlik-frame')
    await clickInside(page, '#qlik-frame', [0.2, 0.5])
    await page.locator('#selections').getByText('Major Genre').waitFor()
    const [top] = [...sumBy('Major Genre', 'US Gross', isAdas)].sort((a, b) => b[1] - a[1])
    const isTop = (film: Film) => isAdas(film) && film['Major Genre'] === top?.[0]
    await expectNumbers(page, '#numbers-frame', countBy('MPAA Rating', isTop))
    expect(complaints).toEqual([])
  })

  it('shows a whole sheet too', async () => {
    const { page, complaints } = await enter('/embed/iframe')
    await expectDrawn(page, '#qlik-frame')
    await page.getByLabel('a sheet').check()
    const frame = page.frameLocator('#qlik-frame')
    await frame.getByText('US gross by genre').first().waitFor()
    await expectDrawn(page, '#qlik-frame')
    expect(complaints).toEqual([])
  })
})

describe('the explorer of REST', () => {
  it('shows as whom Qlik knows the person, and each other answer', async () => {
    const { page, complaints } = await enter('/rest')
    const answer = page.locator('#answer')
    await answer.getByText('"subject": "acme|ada"').waitFor()
    expect(await answer.textContent()).toContain('200 OK')
    expect(complaints).toEqual([])
    for (const call of await page.locator('#calls button').all()) {
      await call.click()
      const path = (await call.locator('code').textContent())?.replace('{appId}', stage.appId)
      await answer.getByText(`GET ${path}`, { exact: true }).waitFor()
      const wanted = /groups|web-integrations/.test(path ?? '') ? /403/ : /200/
      expect(await answer.locator('.status').textContent(), path).toMatch(wanted)
    }
  })
})

describe('enigma.js by hand', () => {
  it('answers a question with the right numbers, and shows the frames', async () => {
    const { page, complaints } = await enter('/enigma')
    await expectNumbers(page, '#numbers-frame', grossByGenre([studio]))
    expect(await page.locator('#frames').textContent()).toContain('"method":"OpenDoc"')
    await page.getByLabel('Field').selectOption('MPAA Rating')
    await page.getByLabel('Expression').fill('Count([Title])')
    await page.getByRole('button', { name: 'Ask the engine' }).click()
    await expectNumbers(page, '#numbers-frame', countBy('MPAA Rating', isAdas))
    await page.getByLabel('Expression').fill('Sum({<Year={2000}>} [US Gross])')
    await page.getByRole('button', { name: 'Ask the engine' }).click()
    await page
      .getByText('does not take this expression (qError 7000): set analysis is not supported')
      .waitFor()
    expect(complaints).toEqual([])
  })
})

describe('Qlik’s own packages in the browser', () => {
  it('@qlik/api uses the session that jotgate opened', async () => {
    const { page, complaints } = await enter('/qlik-api')
    await page.locator('#me').getByText('acme|ada').waitFor()
    await expectNumbers(page, '#numbers-frame', grossByGenre([studio]))
    expect(complaints).toEqual([])
  })

  it('@qlik/api cannot open the app without a right to it, and the page says so', async () => {
    const url = `${stage.portalUrl}/qlik-api`
    const { page, context, complaints } = await visitAs(browser, { url, name: 'Dana Novak' })
    contexts.push(context)
    await page.getByText('You are logged in, but you may not open this app').waitFor()
    // The browser's own line about the 403 that REST answered; nothing of the page's.
    expect(complaints).toEqual([expect.stringMatching(/^Failed to load resource.* 403 /)])
  })

  it('qlik-embed draws a stored object and one made in the page', async () => {
    const { page, complaints } = await enter('/qlik-embed')
    await expectDrawn(page, '#embed-object')
    await expectDrawn(page, '#embed-chart')
    expect(complaints).toEqual([])
  })
})

describe('Qlik’s own login page', () => {
  it('asks again, and cannot tell that it is somebody else', async () => {
    const { page } = await enter('/rest')
    await page.getByText('Logged in to Qlik as Ada Lovelace').waitFor()
    await page.getByLabel('Qlik’s own login page').click()
    await page.getByText('Who are you?').waitFor()
    // Another Ada than the portal's, without her groups, would mislead.
    expect(await page.getByText('Ada Lovelace').count()).toBe(0)
    await page.getByRole('button', { name: /Grace Hopper/ }).click()
    await page.waitForURL(`${stage.portalUrl}/rest`)
    await page
      .getByText('Logged in to Qlik as Grace Hopper (the portal’s Ada Lovelace is another user)')
      .waitFor()
    // Back to the token: nobody is asked, and it is Ada again.
    await page.getByLabel('a token of the portal').click()
    await page.getByText('"subject": "acme|ada"').waitFor()
    expect(await page.locator('#qlik-user').textContent()).toContain('Ada Lovelace')
  })

  it('is offered where nobody has logged in there yet', async () => {
    const { page } = await enter('/rest')
    await page.getByText('Logged in to Qlik as Ada Lovelace').waitFor()
    await page.evaluate(() => sessionStorage.setItem('portal.login', 'interactive'))
    await page.context().clearCookies({ name: /^eas/ })
    await page.reload()
    await page.getByText('You are not logged in to Qlik yet').waitFor()
    await page.getByRole('button', { name: 'Go to Qlik’s login page' }).click()
    await page.getByText('Who are you?').waitFor()
  })
})

describe('while the portal is down', () => {
  it('"Try again" stays on the page, and leads in when the portal is back', async () => {
    const { page, context } = await enter('/rest')
    await page.getByText('Logged in to Qlik as Ada Lovelace').waitFor()
    await page.route('**/config.json', (route) => route.abort())
    await page.reload()
    const failure = page.locator('#failure')
    await failure.getByText('No answer came when this page asked who is signed in').waitFor()
    await context.setOffline(true)
    await page.getByRole('button', { name: 'Try again' }).click()
    await failure.getByText(`Nothing answers at ${stage.portalUrl}`).waitFor()
    expect(page.url()).toBe(`${stage.portalUrl}/rest`)
    await context.setOffline(false)
    await page.unroute('**/config.json')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('Logged in to Qlik as Ada Lovelace').waitFor()
  })
})

describe('the look', () => {
  it('says in words that nothing is selected, and hides the bar until something is', async () => {
    const { page } = await enter('/')
    const hint = page.getByText('Nothing is selected')
    await hint.waitFor()
    expect(await page.locator('#selections').isVisible()).toBe(false)
    await page.locator('#list-box').getByText('Fantasy').click()
    await page.locator('#selections').getByText('Fantasy').waitFor()
    expect(await hint.isVisible()).toBe(false)
  })

  it('shows a whole expression and a whole table at 390 px', async () => {
    const { page } = await enter('/enigma', { width: 390 })
    await readNumbers(page)
    for (const selector of ['#measure', '#numbers-frame'])
      expect(
        await page
          .locator(selector)
          .evaluate(
            ({ scrollWidth, clientWidth, scrollHeight, clientHeight }) =>
              scrollWidth <= clientWidth && scrollHeight <= clientHeight,
          ),
        selector,
      ).toBe(true)
  })

  it('leaves no half-empty card beside a long one', async () => {
    const { page } = await enter('/qlik-api')
    await page.locator('#me').getByText('acme|ada').waitFor()
    await readNumbers(page)
    const heights = await page
      .locator('.grid > .card')
      .evaluateAll((cards) => cards.map((card) => card.clientHeight))
    expect(heights[0]).toBeLessThan((heights[1] ?? 0) / 2)
  })

  it.each(['/embed/iframe', '/qlik-embed'])('has no white box in the dark at %s', async (path) => {
    const { page } = await enter(path, { colorScheme: 'dark' })
    const id = path === '/qlik-embed' ? '#embed-object' : '#qlik-frame'
    const drawn = id === '#qlik-frame' ? page.frameLocator(id).locator('body') : page.locator(id)
    await drawn.locator('canvas').first().waitFor()
    await expectDrawn(page, id)
    const png = await page.locator(id).screenshot()
    expect(await shareOfWhite(browser, png)).toBeLessThan(0.1)
  })
})

describe('each view', () => {
  it.each(views.flatMap((path) => [[path, 'light'] as const, [path, 'dark'] as const]))(
    '%s is accessible in %s, wide and narrow',
    async (path, colorScheme) => {
      const { page } = await enter(path, { colorScheme })
      await page
        .locator('#steps .is-done')
        .nth(path === '/rest' ? 2 : 3)
        .waitFor()
      expect(await axeViolations(page, qliksOwn)).toEqual([])
      await page.setViewportSize({ width: 390, height: 844 })
      expect(await axeViolations(page, qliksOwn)).toEqual([])
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(overflow).toBe(0)
    },
  )
})
