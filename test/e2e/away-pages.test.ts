// Pages that were in the back/forward cache of Chromium, or frozen: whoever left meanwhile, they end before they load
// new data. That they show none either is a unit test of sockets.ts.
import type { QlikConnection } from 'jotgate/browser'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchChromiumWithCache } from './chromium.ts'
import {
  ada,
  bob,
  connectTab,
  createTabStage,
  fetchIn,
  stateOf,
  type TabGlobals,
  type TabStage,
} from './tab-stage.ts'

interface AwayGlobals extends TabGlobals {
  qlik: Record<string, QlikConnection>
  /** How the page came to be shown. */
  shown: string[]
}

let browser: Browser
let stage: TabStage
let context: BrowserContext
beforeAll(async () => {
  browser = await launchChromiumWithCache()
  stage = await createTabStage(browser)
})
afterAll(async () => {
  await browser?.close()
  await stage?.close()
})
beforeEach(async () => {
  context = await stage.openBrowser()
  // As where tabs do not reach each other: nothing but the page's own comparison is at work.
  await context.addInitScript(() => {
    Reflect.deleteProperty(globalThis, 'BroadcastChannel')
    Object.assign(globalThis, { shown: [] })
    addEventListener('pageshow', ({ persisted }) => {
      ;(globalThis as unknown as AwayGlobals).shown.push(`persisted ${persisted}`)
    })
  })
  Object.assign(stage.host, { person: ada, answer: undefined, tokenCalls: 0, aheadMs: 0 })
  return () => context.close()
})

async function openConnected(): Promise<Page> {
  const page = await stage.openTab(context)
  expect(await connectTab(stage, page)).toBe('connected')
  return page
}

/** Signs the person out at Qlik in another tab, and another one in where `next` is given. */
async function leave(next: 'nobody' | 'another person'): Promise<void> {
  const other = await openConnected()
  await other.evaluate(() => (globalThis as unknown as AwayGlobals).qlik.a?.logout())
  if (next === 'nobody') return
  stage.host.person = bob
  await other.reload()
  await other.waitForFunction(() => 'connect' in globalThis)
  expect(await connectTab(stage, other)).toBe('connected')
}

const ends = [
  ['nobody', 'signed-out'],
  ['another person', 'other-person'],
] as const

describe('a page in the back/forward cache', () => {
  /** Goes to another page and back, with something in between. */
  async function goAndComeBack(page: Page, meanwhile: () => Promise<void>): Promise<void> {
    await page.goto(`${stage.hostUrl}/elsewhere`)
    await meanwhile()
    await page.goBack({ waitUntil: 'commit' })
    await page.waitForFunction(() => 'qlik' in globalThis)
    const shown = await page.evaluate(() => (globalThis as unknown as AwayGlobals).shown)
    // The same page, not one that was loaded again.
    expect(shown).toEqual(['persisted false', 'persisted true'])
  }

  it.each(ends)('ends when it finds %s: %s', async (who, reason) => {
    const page = await openConnected()
    const { length } = stage.tenant.emulator.requests
    await goAndComeBack(page, () => leave(who))
    expect(await fetchIn(page, '/api/v1/items')).toBe(reason)
    expect(await stateOf(page)).toBe(`ended ${reason}`)
    const paths = stage.tenant.emulator.requests.slice(length).map(({ path }) => path)
    expect(paths).not.toContain('/api/v1/items')
  })

  it('goes on as its person', async () => {
    const page = await openConnected()
    await goAndComeBack(page, async () => undefined)
    expect(await fetchIn(page, '/api/v1/users/me')).toBe(200)
    expect(await stateOf(page)).toBe('connected')
  })
})

// Chromium freezes hidden tabs only, and a headless one takes every tab for visible: `Page.setWebLifecycleState` changes
// nothing there. So its event is dispatched.
describe('a page that is told that it was frozen', () => {
  it.each(ends)('ends when it finds %s, before it loads anything: %s', async (who, reason) => {
    const page = await openConnected()
    await leave(who)
    const { length } = stage.tenant.emulator.requests
    const outcome = await page.evaluate(async () => {
      document.dispatchEvent(new Event('resume'))
      const { qlik } = globalThis as unknown as AwayGlobals
      // What a chart does at once. The page was this person's, and must not ask as somebody else.
      const asked = await qlik.a?.fetch('/api/v1/items').catch((error) => error.details.reason)
      return asked instanceof Response ? asked.status : asked
    })
    expect(outcome).toBe(reason)
    expect(await stateOf(page)).toBe(`ended ${reason}`)
    const paths = stage.tenant.emulator.requests.slice(length).map(({ path }) => path)
    expect(paths).not.toContain('/api/v1/items')
  })
})
