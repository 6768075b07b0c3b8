import { AxeBuilder } from '@axe-core/playwright'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core'
import { ensureChromium } from '../../scripts/setup/chromium.ts'

/** The Chromium that is installed, headless and quiet: it calls nobody but the pages of the test. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch(launchOptions())
}

/** The same with the back/forward cache of browsers that people use, which Playwright switches off. */
export function launchChromiumWithCache(): Promise<Browser> {
  return chromium.launch({
    ...launchOptions(),
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  })
}

/** The same with a profile of its own in a folder: its pages are not private windows. */
export async function launchChromiumProfile(
  folder: string,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const all = { ...launchOptions(), ...options }
  return withPatience(await chromium.launchPersistentContext(folder, all))
}

/** A private window of one's own. */
export async function openContext(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  return withPatience(await browser.newContext(options))
}

/** Playwright gives up after 30 seconds otherwise, which a slow and busy machine may take. */
function withPatience(context: BrowserContext): BrowserContext {
  context.setDefaultTimeout(120_000)
  return context
}

function launchOptions() {
  return {
    executablePath: ensureChromium(() => undefined),
    args: [
      // Chromium's sandbox does not run as root, which is what a build machine often is.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  }
}

/** What the page's console complains of from now on, and every exception. */
export function collectComplaints(page: Page): string[] {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  return complaints
}

/**
 * What nebula.js, its charts and Qlik's frames write into their boxes is Qlik's: buttons whose label
 * is not their text, rows without a grid. The page beside them is ours to keep clean.
 */
export const qliksOwn = [
  '.chart',
  '.kpi',
  '.list-box',
  '.selections > *',
  '.embed-frame',
  '.qlik-frame',
]

/**
 * Every violation that axe-core finds, as one line each.
 *
 * @param except selectors of what is left out
 */
export async function axeViolations(page: Page, except: readonly string[] = []): Promise<string[]> {
  const { violations } = await except
    .reduce((builder, selector) => builder.exclude(selector), new AxeBuilder({ page }))
    .analyze()
  return violations.map(
    ({ id, help, nodes }) => `${id}: ${help} (${nodes.map((node) => node.target).join(', ')})`,
  )
}

/**
 * Makes a count of the colours in an element's picture: a box in which nothing was drawn has one.
 * The picture is read in an empty page, which has no policy against it.
 */
export async function createColourCount(
  browser: Browser,
): Promise<(element: Locator) => Promise<number>> {
  const reader = await browser.newPage()
  return async (element) => {
    const png = (await element.screenshot()).toString('base64')
    return reader.evaluate(async (data) => {
      const image = new Image()
      image.src = `data:image/png;base64,${data}`
      await image.decode()
      const context = new OffscreenCanvas(image.width, image.height).getContext('2d')
      context?.drawImage(image, 0, 0)
      const pixels = context?.getImageData(0, 0, image.width, image.height).data ?? []
      const colours = new Set<number>()
      for (let at = 0; at < pixels.length; at += 4) {
        const [red = 0, green = 0, blue = 0] = pixels.slice(at, at + 3)
        colours.add((red << 16) | (green << 8) | blue)
      }
      return colours.size
    }, png)
  }
}

/** How much of a picture is white, 0 to 1. */
export async function shareOfWhite(browser: Browser, png: Buffer): Promise<number> {
  const page = await browser.newPage()
  const share = await page.evaluate(async (data) => {
    const image = new Image()
    image.src = `data:image/png;base64,${data}`
    await image.decode()
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d')
    context?.drawImage(image, 0, 0)
    const pixels = context?.getImageData(0, 0, image.width, image.height).data ?? []
    let white = 0
    for (let at = 0; at < pixels.length; at += 4)
      if (Math.min(...pixels.slice(at, at + 3)) > 240) white += 1
    return white / (image.width * image.height)
  }, png.toString('base64'))
  await page.close()
  return share
}
