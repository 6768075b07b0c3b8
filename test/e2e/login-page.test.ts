// The interactive log-in of the emulated tenant in Chromium, from a page of another origin and back.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { axeViolations, collectComplaints, launchChromium, openContext } from './chromium.ts'
import { createTenant, type Tenant } from './stage.ts'

let tenant: Tenant
let browser: Browser
const host = createServer((_request, response) => {
  response.setHeader('content-type', 'text/html')
  response.end('<!doctype html><html lang="en"><title>Host</title><h1>The host application</h1>')
})
let hostUrl = ''

beforeAll(async () => {
  tenant = await createTenant()
  browser = await launchChromium()
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve))
  hostUrl = `http://localhost:${(host.address() as AddressInfo).port}`
  await tenant.allowOrigins([hostUrl])
})
afterAll(async () => {
  await browser?.close()
  host.close()
  host.closeAllConnections()
  await tenant?.close()
})

const loginUrl = (returnTo: string) =>
  `${tenant.deployment.url}/login?${new URLSearchParams({
    'qlik-web-integration-id': tenant.webIntegrationId,
    returnto: returnTo,
  })}`

describe.each(['light', 'dark'] as const)('the page in the %s scheme', (colorScheme) => {
  it('has no errors in axe, wide and narrow', async () => {
    const context = await openContext(browser, { colorScheme })
    const page = await context.newPage()
    const complaints = collectComplaints(page)
    for (const width of [1200, 320]) {
      await page.setViewportSize({ width, height: 900 })
      await page.goto(loginUrl('/'))
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Who are you?')
      expect(await axeViolations(page)).toEqual([])
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(overflow).toBe(0)
    }
    expect(complaints).toEqual([])
    await context.close()
  })
})

it('brings a person back to the host application, and the tenant knows them', async () => {
  const context = await openContext(browser)
  const page = await context.newPage()
  await page.goto(loginUrl(`${hostUrl}/start?x=1`))
  await page.getByRole('button', { name: /Grace Hopper/ }).click()
  await page.waitForURL(`${hostUrl}/start?x=1`)
  await page.goto(`${tenant.deployment.url}/api/v1/users/me`)
  expect(JSON.parse((await page.textContent('body')) ?? '')).toMatchObject({
    subject: 'idp|grace',
    name: 'Grace Hopper',
  })
  await page.goto(`${tenant.deployment.url}/logout?returnto=/api/v1/users/me`)
  expect(await page.textContent('body')).toContain('Unauthorized')
  await context.close()
})

it('accepts another person, with the keyboard only', async () => {
  const context = await openContext(browser)
  const page = await context.newPage()
  await page.goto(loginUrl(`${hostUrl}/`))
  await page.getByLabel('Subject').focus()
  await page.keyboard.type('idp|eve')
  await page.keyboard.press('Tab')
  await page.keyboard.type('Eve')
  await page.keyboard.press('Tab')
  await page.keyboard.type('eve@company.example')
  await page.keyboard.press('Enter')
  await page.waitForURL(`${hostUrl}/`)
  expect(tenant.emulator.state.users()).toContainEqual(
    expect.objectContaining({ subject: 'idp|eve', name: 'Eve' }),
  )
  await context.close()
})

it.each([
  ['Come back with a wrong state (STATE-1)', 'State verification failed'],
  ['The configuration is invalid (INVALID-IDP-CONFIG)', 'Invalid identity provider configuration'],
  [/A guest/, 'User is not a member of tenant'],
])('a click on “%s” shows Qlik’s own words', async (name, words) => {
  const context = await openContext(browser)
  const page = await context.newPage()
  await page.goto(loginUrl('/'))
  await page.getByRole('button', { name }).click()
  await page.waitForURL(/\/login\/callback/)
  expect(await page.textContent('body')).toContain(words)
  await context.close()
})
