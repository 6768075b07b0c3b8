import type { Browser, BrowserContext, Page } from 'playwright-core'
import { collectComplaints, openContext } from './chromium.ts'

/** Somebody in front of the portal. */
export interface Visit {
  context: BrowserContext
  page: Page
  /** What the console complained of. */
  complaints: string[]
}

/** Opens a view of the portal in a browser of one's own, and signs in as one of its people. */
export async function visitAs(
  browser: Browser | BrowserContext,
  options: { url: string; name: string; colorScheme?: 'light' | 'dark'; width?: number },
): Promise<Visit> {
  const { url, name, colorScheme = 'light', width = 1280 } = options
  const context =
    'newContext' in browser
      ? await openContext(browser, { viewport: { width, height: 900 }, colorScheme })
      : browser
  const page = await context.newPage()
  const complaints = collectComplaints(page)
  await page.goto(url)
  await page.getByRole('button', { name }).click()
  await page.waitForURL(url)
  return { context, page, complaints }
}

/** The rows of a table of numbers, once it stands. */
export async function readNumbers(
  page: Page,
  frame = '#numbers-frame',
): Promise<Map<string, number>> {
  await page.locator(`${frame} tbody tr`).first().waitFor({ state: 'attached' })
  const rows = await page
    .locator(`${frame} tbody tr`)
    .evaluateAll((found) =>
      found.map((row) => [...row.children].map((cell) => cell.textContent ?? '')),
    )
  return new Map(rows.map(([name, value]) => [name ?? '', Number(value?.replace(/[$,]/g, ''))]))
}
