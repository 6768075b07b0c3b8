// What the console shows of client-managed Qlik: the QMC's form with its traps, links, sessions, users, and rules.
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { axeViolations, collectComplaints, launchChromium, openContext } from './chromium.ts'
import { adaOfWarner, bjornOfParamount, createServer, type Server } from './server-stage.ts'

let server: Server
let browser: Browser

beforeAll(async () => {
  ;[server, browser] = await Promise.all([createServer({ nodes: 2 }), launchChromium()])
})

afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()))
})

afterAll(async () => {
  await browser?.close()
  await server?.close()
})

async function visit(
  view: string,
  look: { width?: number; colorScheme?: 'light' | 'dark' } = {},
): Promise<{ page: Page; complaints: string[] }> {
  const { width = 1280, colorScheme = 'light' } = look
  const context = await openContext(browser, { viewport: { width, height: 900 }, colorScheme })
  const page = await context.newPage()
  const complaints = collectComplaints(page)
  await page.goto(server.consoleUrl)
  await page.getByRole('status').getByText('Live', { exact: true }).waitFor()
  await page.goto(`${server.url}/_emulator#/${view}`)
  await page.locator('main table').first().waitFor()
  return { page, complaints }
}

describe('each view', () => {
  it.each(
    ['virtual-proxies', 'site-people', 'rules'].flatMap((view) => [
      [view, 1280, 'light'] as const,
      [view, 390, 'dark'] as const,
    ]),
  )('%s is accessible and fits %i pixels, %s', async (view, width, colorScheme) => {
    const { page, complaints } = await visit(view, { width, colorScheme })
    for (const summary of await page.locator('main summary').all()) await summary.click()
    expect(await axeViolations(page)).toEqual([])
    const { scrollWidth } = await page.evaluate(() => ({
      scrollWidth: document.documentElement.scrollWidth,
    }))
    expect(scrollWidth).toBeLessThanOrEqual(width)
    expect(complaints).toEqual([])
  })
})

describe('Virtual proxies', () => {
  it('has the traps of the QMC, and says what is wrong where it is', async () => {
    const { page } = await visit('virtual-proxies')
    await page.getByText('Create new').click()
    const form = page.getByRole('form', { name: 'Virtual proxy' })
    const apply = () => form.getByRole('button', { name: 'Apply' }).click()
    const field = (name: string) => form.getByLabel(name, { exact: true })

    await field('Prefix').fill('Second')
    await apply()
    await form.getByText('The prefix has upper case letters').waitFor()
    expect(await field('Prefix').getAttribute('aria-invalid')).toBe('true')
    await field('Prefix').fill('jwt')
    await apply()
    await form.getByText('Another virtual proxy has this prefix').waitFor()
    await field('Prefix').fill('second')
    await apply()
    await form.getByText('The session cookie header name is missing').waitFor()
    await field('Session cookie header name').fill('X-Qlik-Session-jwt')
    await apply()
    await form.getByText('Another virtual proxy has this session cookie header name').waitFor()
    await field('Session cookie header name').fill('X-Qlik-Session-second')
    await apply()
    await form.getByText('It is mandatory with the authentication method JWT').waitFor()
    expect(await axeViolations(page)).toEqual([])

    // As Qlik Cloud wants it; the QMC saves it without a word.
    await field('JWT certificate').fill(server.certificatePem.replaceAll('\n', ''))
    await field('JWT attribute for user ID').fill('userId')
    await field('JWT attribute for user directory').fill('userDirectory')
    await field('JWT attribute mapping').fill('group = group')
    await apply()
    await page.getByText('Successfully updated.').waitFor()
    const wrong = page.locator('main ul.advice')
    await wrong.getByText('It is not linked to a proxy').waitFor()
    await wrong.getByText('The JWT certificate is on one line').waitFor()
    await wrong.getByText('It has no load balancing node').waitFor()

    await page.getByRole('button', { name: 'Link to Central: second' }).click()
    await page.getByText('Linked to Central.').waitFor()
    await page.getByRole('button', { name: 'Edit second' }).click()
    expect(await field('JWT attribute mapping').inputValue()).toBe('group = group')
    await field('JWT certificate').fill(server.certificatePem)
    await field('Load balancing nodes').fill('Central')
    await apply()
    await page.getByText('Successfully updated.').waitFor()
    await expect.poll(() => wrong.getByText('second').count()).toBe(0)
    const answer = await fetch(`${server.url}/second/qps/user`, {
      headers: { authorization: `Bearer ${await server.tokenFor(adaOfWarner)}` },
    })
    expect(await answer.json()).toMatchObject({ userDirectory: 'ACME', userId: 'ada' })
    await page.getByRole('button', { name: 'Delete second' }).click()
    await page.getByText('Deleted: its sessions have ended.').waitFor()
  })
})

describe('Proxy sessions', () => {
  it('shows who is logged in by what, and ends it', async () => {
    const { page } = await visit('site-people')
    await server.logIn(page.context(), bjornOfParamount)
    const row = page.getByRole('row', { name: /ACME\\bjorn.*jwt.*Central/ })
    await row.getByText('group: studio-paramount').waitFor()
    await row.getByRole('button', { name: /End session/ }).click()
    await page.getByText('The session has ended, and its sockets.').waitFor()
    await page.getByText('Nobody is logged in.').waitFor()
    await page.getByRole('button', { name: 'Block ACME\\bjorn' }).click()
    await page.getByText('ACME\\bjorn is blocked.').waitFor()
    await expect(server.logIn(page.context(), bjornOfParamount)).rejects.toThrow('401')
    await page.getByRole('button', { name: 'Unblock ACME\\bjorn' }).click()
    await page.getByText('ACME\\bjorn is active.').waitFor()
  })
})

describe('Requests', () => {
  it('say by which virtual proxy, attributes and rule', async () => {
    const { page } = await visit('site-people')
    await server.logIn(page.context(), adaOfWarner)
    const tab = await page.context().newPage()
    await tab.goto(`${server.url}/jwt/sense/app/${server.appId}`)
    await tab.locator('body[data-state=drawn]').waitFor()
    await page.goto(`${server.url}/_emulator#/requests`)
    await page
      .getByRole('button', { name: /200.*\/jwt\/sense\/app/ })
      .first()
      .click()
    const detail = page.getByRole('region', { name: 'The chosen request' })
    await detail.getByText('group: studio-warner').waitFor()
    await detail.getByText('Stream lets this user read Movies').waitFor()
    expect(await detail.getByText('/jwt', { exact: true }).count()).toBe(1)
  })
})

describe('Security rules', () => {
  it('can be made and switched off, and the audit names the one that decides', async () => {
    const { page } = await visit('rules')
    await server.logIn(page.context(), adaOfWarner)
    await page.reload()
    await page.getByLabel('User').selectOption({ label: 'ACME\\ada' })
    const audit = page.getByRole('region', { name: 'Audit' })
    await audit.getByRole('row', { name: /App.*Movies.*allowed.*Stream/ }).waitFor()

    await page.getByRole('button', { name: 'Disable Stream', exact: true }).click()
    await audit.getByRole('row', { name: /App.*Movies.*no.*Stream: it is disabled/ }).waitFor()

    await page.getByText('Create new').click()
    const form = page.getByRole('form', { name: 'New security rule' })
    await form.getByLabel('Name').fill('Warner')
    await form.getByLabel('Resource filter').fill('App_*')
    await form.getByLabel('Conditions').fill('user.environment.group = ')
    await form.getByRole('button', { name: 'Apply' }).click()
    await form.getByText('The condition cannot be read').waitFor()
    await form.getByLabel('Conditions').fill('user.environment.group = "studio-warner"')
    await form.getByRole('button', { name: 'Apply' }).click()
    await page.getByText('Warner is in force.').waitFor()
    await audit.getByRole('row', { name: /App.*Movies.*allowed.*Warner/ }).waitFor()
    await page.getByRole('button', { name: 'Delete Warner' }).click()
    await page.getByRole('button', { name: 'Enable Stream', exact: true }).click()
  })
})
