// Portal and Qlik on two sites, as with a real tenant: what a browser does with Qlik's cookies then.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { axeViolations, launchChromium, qliksOwn } from './chromium.ts'
import { openCookieProfile } from './cookie-profile.ts'
import { grossByGenre } from './films.ts'
import { readNumbers, visitAs } from './portal-visit.ts'
import { createStage, type Stage } from './stage.ts'

let stage: Stage
let browser: Browser
const profiles: (() => Promise<void>)[] = []

beforeAll(async () => {
  ;[stage, browser] = await Promise.all([createStage(), launchChromium()])
  await fetch(`${stage.deployment.url}/qlik-embed/main.js`)
})

afterEach(async () => {
  for (const close of profiles.splice(0)) await close()
})

afterAll(async () => {
  await browser?.close()
  await stage?.close()
})

async function openProfile(thirdPartyCookies: 'allowed' | 'blocked'): Promise<BrowserContext> {
  const { context, close } = await openCookieProfile(thirdPartyCookies)
  profiles.push(close)
  return context
}

const enter = (where: Browser | BrowserContext, path: string, url = stage.crossSiteUrl) =>
  visitAs(where, { url: url + path, name: 'Ada Lovelace' })

/** What the local Qlik saw of this page's way in, beside the preflights. */
const seenByQlik = () =>
  stage.emulator.requests
    .filter(({ method }) => method !== 'OPTIONS')
    .filter(({ path }) => ['/login/jwt-session', '/api/v1/csrf-token'].includes(path))
    .slice(-2)
    .map(({ path, status }) => `${path} ${status}`)

async function expectCookiesBlocked(page: Page): Promise<void> {
  const failure = page.locator('#failure')
  await failure.getByText('Your browser blocks Qlik’s cookies').waitFor()
  const words = await failure.textContent()
  expect(words).toContain(`from ${stage.crossSiteUrl} to http://qlik.localhost:`)
  expect(words).toContain('it blocks third-party cookies')
  expect(words).toContain('Put a gateway in front of Qlik under the page’s own site')
  expect(words).toContain('ERR_BROWSER_COOKIES_BLOCKED')
  expect(await page.locator('#steps [data-step="session"]').textContent()).toContain(
    'The browser did not send its cookie back',
  )
  expect(await page.locator('#steps .is-done h3').allTextContents()).toEqual(['Token'])
  // Recorded: Qlik let them in, and then did not know them, since no cookie came.
  expect(seenByQlik()).toEqual(['/login/jwt-session 200', '/api/v1/csrf-token 401'])
}

describe('where third-party cookies are allowed', () => {
  it('direct mode works across sites', async () => {
    const { page, complaints } = await enter(await openProfile('allowed'), '/')
    await page.getByText('Logged in to Qlik as Ada Lovelace').waitFor()
    expect(await readNumbers(page)).toEqual(grossByGenre(['Warner Bros.']))
    expect(seenByQlik()).toEqual(['/login/jwt-session 200', '/api/v1/csrf-token 204'])
    expect(complaints).toEqual([])
  })

  it.each(['/embed/iframe', '/qlik-api', '/qlik-embed'])('%s works too', async (path) => {
    const { page, complaints } = await enter(await openProfile('allowed'), path)
    await page.locator('#steps [data-step="engine"].is-done').waitFor()
    if (path === '/embed/iframe') {
      await page.frameLocator('#qlik-frame').getByText('US gross by genre').first().waitFor()
    } else if (path === '/qlik-embed') {
      await page.locator('#embed-object').getByText('US gross by genre').first().waitFor()
    } else expect(await readNumbers(page)).toEqual(grossByGenre(['Warner Bros.']))
    expect(complaints).toEqual([])
  })
})

describe('where third-party cookies are blocked', () => {
  it('direct mode fails for that reason, and the portal says so', async () => {
    const { page } = await enter(await openProfile('blocked'), '/')
    await expectCookiesBlocked(page)
  })

  it('a private window says the same, accessibly, and shows the way to one site', async () => {
    const { page, context } = await enter(browser, '/')
    await expectCookiesBlocked(page)
    expect(await axeViolations(page, qliksOwn)).toEqual([])
    const link = page.getByRole('link', { name: 'Open the portal where both are the same site' })
    expect(await link.getAttribute('href')).toBe(stage.portalUrl)
    await context.close()
  })

  it('Qlik’s own login page does not help', async () => {
    const { page } = await enter(await openProfile('blocked'), '/rest')
    await expectCookiesBlocked(page)
    await page.getByLabel('Qlik’s own login page').click()
    await page.getByRole('button', { name: /Grace Hopper/ }).click()
    await page.waitForURL(`${stage.crossSiteUrl}/rest`)
    await page.getByText('You come from Qlik’s login page, but the browser does not send').waitFor()
  })

  it('one site still works in the same browser', async () => {
    const { page, complaints } = await enter(await openProfile('blocked'), '/', stage.portalUrl)
    await page.getByText('Logged in to Qlik as Ada Lovelace').waitFor()
    expect(await readNumbers(page)).toEqual(grossByGenre(['Warner Bros.']))
    expect(complaints).toEqual([])
  })
})
