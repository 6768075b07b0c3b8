// The guard of the user's own tests in a browser: what a page would send to another machine.
import { createEmulator } from 'jotgate-emulator'
import { forbidRealTenants } from 'jotgate-emulator/for-tests'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from './chromium.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())

describe('a page that the guard watches', () => {
  it('reaches the emulator, and never a real tenant', async () => {
    const emulator = await createEmulator({ apps: [] })
    const guard = forbidRealTenants()
    const context = await browser.newContext()
    await guard.watchPage(context)
    const page = await context.newPage()
    const answer = await page.goto(`${emulator.url}/_emulator?plain`)
    expect(answer?.status()).toBe(200)
    expect(guard.attempts).toEqual([])
    await page.goto('about:blank')
    const reach = (url: string) =>
      page.evaluate((address) => fetch(address).then(String, () => 'refused'), url)
    expect(await reach('https://acme.eu.qlikcloud.com/api/v1/users/me')).toBe('refused')
    expect(guard.attempts).toEqual(['acme.eu.qlikcloud.com'])
    expect(() => guard.end()).toThrow('acme.eu.qlikcloud.com')
    await context.close()
    await emulator.close()
  })
})
