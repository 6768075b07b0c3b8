// The console of the emulator as a developer meets it: for everybody, at every width, and safe with its key.
import { createHash } from 'node:crypto'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { axeViolations } from './chromium.ts'
import { contentOf, openConsole, type ViewName } from './console-visit.ts'

const { tenant, visit, postToken, endVisits, close } = await openConsole()
afterEach(endVisits)
afterAll(close)

const views = Object.keys(contentOf) as ViewName[]

/** A picture's digest, to see that two are not the same. */
async function digestOf(page: Page): Promise<string> {
  return createHash('sha256')
    .update(await page.screenshot())
    .digest('hex')
}

describe('the console', () => {
  it.each(['light', 'dark'] as const)('is accessible in %s, without errors', async (scheme) => {
    await (await postToken('none')).text()
    const { page, complaints, foreign } = await visit('requests', { colorScheme: scheme })
    await page
      .getByRole('button', { name: /jwt-session/ })
      .first()
      .click()
    for (const view of views) {
      await page.goto(`${tenant.emulator.url}/_emulator#/${view}`)
      await page.locator(contentOf[view]).first().waitFor()
      for (const one of (await page.locator('details > summary:visible').all()).slice(0, 3))
        await one.click()
      expect(await axeViolations(page), view).toEqual([])
    }
    expect(complaints).toEqual([])
    expect(foreign).toEqual([])
  })

  it('looks different in light and dark', async () => {
    const [light, dark] = await Promise.all([
      visit('data', { colorScheme: 'light' }),
      visit('data', { colorScheme: 'dark' }),
    ])
    expect(await digestOf(light.page)).not.toBe(await digestOf(dark.page))
  })

  it('fits a narrow window, and is accessible there', async () => {
    const { page } = await visit('requests', { width: 360 })
    for (const view of views) {
      await page.goto(`${tenant.emulator.url}/_emulator#/${view}`)
      await page.locator(contentOf[view]).first().waitFor({ state: 'attached' })
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect(over, `${view} is wider than the window`).toBeLessThanOrEqual(0)
    }
    expect(await axeViolations(page)).toEqual([])
  })

  it('removes the key from the address and stores it nowhere', async () => {
    const { page } = await visit('requests')
    expect(page.url()).toBe(`${tenant.emulator.url}/_emulator#/requests`)
    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie]),
    )
    expect(kept).not.toContain(tenant.emulator.adminKey)
    expect(await page.context().cookies()).toEqual([])
    await page.goBack().catch(() => undefined)
    expect(page.url()).not.toContain('key=')
  })

  it('can be read without the key, and asks for it before the first change', async () => {
    const { page } = await visit('faults', { withKey: false })
    await page.getByRole('button', { name: 'A minute on' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Key').fill('wrong')
    await dialog.getByRole('button', { name: 'Enter the key' }).click()
    await dialog.getByText('This is not the key of this emulator.').waitFor()
    expect(await axeViolations(page)).toEqual([])
    await dialog.getByLabel('Key').fill(tenant.emulator.adminKey)
    await page.keyboard.press('Enter')
    await page.getByText(/The clock shows/).waitFor()
    const ahead = tenant.emulator.clock.now().getTime() - Date.now()
    expect(ahead).toBeGreaterThan(50_000)
    tenant.emulator.clock.reset()
  })

  it('changes nothing when the key is not given', async () => {
    const { page } = await visit('faults', { withKey: false })
    await page.getByRole('button', { name: 'An hour on' }).click()
    await page.getByRole('button', { name: 'Only look' }).click()
    await page.getByText('Nothing was changed').waitFor()
    expect(Math.abs(tenant.emulator.clock.now().getTime() - Date.now())).toBeLessThan(60_000)
  })
})
