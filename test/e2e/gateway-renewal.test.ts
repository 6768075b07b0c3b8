// The renewal of a login in a real browser, through a gateway. Each test of the first part is named for the same fault of
// other vendors' SDKs as in `renewal.test.ts`.
import type { QlikConnection } from 'jotgate/browser'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchChromium } from './chromium.ts'
import { createGatewayStage, type GatewayStage } from './gateway-stage.ts'
import {
  ada,
  bob,
  eventsOf,
  fetchIn,
  openSocket,
  show,
  stateOf,
  type TabGlobals,
} from './tab-stage.ts'

let browser: Browser
let stage: GatewayStage
let context: BrowserContext
/** How the application answers in place of an assertion. */
let answer: { status: number; body?: string } | undefined

const now = () => stage?.tenant.emulator.clock.now().getTime() ?? Date.now()

beforeAll(async () => {
  browser = await launchChromium()
  stage = await createGatewayStage({ browser, gateway: { clock: now, rates } })
  const { assertionFor } = stage.host
  stage.host.assertionFor = (user, claims) =>
    assertionFor(user, { iat: Math.floor(now() / 1000), ...claims })
})
afterAll(async () => {
  await browser?.close()
  await stage?.close()
})
beforeEach(async () => {
  context = await stage.openBrowser()
  await context.route('**/assertion', (route) =>
    answer === undefined ? route.continue() : route.fulfill(answer),
  )
  answer = undefined
  Object.assign(stage.host, { person: ada, assertions: 0 })
  // Each test has a quiet hour before it.
  stage.tenant.emulator.clock.advance(hour)
  return () => context.close()
})

/** Hours pass in a second here. */
const rates = { person: { burst: 1000, perSecond: 1000 } }
const hour = 3600
const halfAnHour = 31 * 60

async function openTab(in_ = context): Promise<Page> {
  const page = await stage.openTab(in_)
  await page.waitForFunction(() => 'connect' in globalThis)
  await page.clock.install({ time: now() })
  return page
}

/** Connects; gives the reason of the error when that fails. */
function connectTab(page: Page, name = 'a', timeoutMs = 30_000): Promise<string> {
  return page.evaluate(
    async ([url, which, ms]) => {
      const tab = globalThis as unknown as TabGlobals
      try {
        tab.qlik[which] = await tab.connect({
          mode: 'gateway',
          url,
          timeoutMs: ms,
          onEvent: (event) => tab.events.push(event),
          async assertion() {
            tab.tokenCalls += 1
            const response = await fetch('/assertion', { method: 'POST' })
            if (response.status === 401) return null
            if (!response.ok) throw new Error(`The application answered ${response.status}`)
            return response.text()
          },
        })
        return 'connected'
      } catch (error) {
        const { details } = error as { details?: { reason?: string } }
        return details?.reason ?? String(error)
      }
    },
    [stage.gatewayUrl, name, timeoutMs] as const,
  )
}

async function openConnected(in_ = context): Promise<Page> {
  const page = await openTab(in_)
  expect(await connectTab(page)).toBe('connected')
  return page
}

/** Lets time pass for Qlik, the gateway and the application, and then for pages. */
async function sleep(pages: readonly Page[], seconds: number): Promise<void> {
  stage.tenant.emulator.clock.advance(seconds)
  await Promise.all(pages.map((page) => page.clock.fastForward(seconds * 1000)))
}

const until = (page: Page, state: string) => expect.poll(() => stateOf(page)).toBe(state)

const tokenCalls = (page: Page) =>
  page.evaluate(() => (globalThis as unknown as TabGlobals).tokenCalls)

describe('the renewal of a login through a gateway', () => {
  it('refuses the same token when it is given twice (lago #3816)', async () => {
    const page = await openConnected()
    stage.tenant.emulator.clock.advance(halfAnHour)
    answer = { status: 200, body: stage.host.assertionFor(ada) }
    await page.clock.fastForward(halfAnHour * 1000)
    await expect.poll(() => eventsOf(page)).toEqual(['renewed'])
    expect(await fetchIn(page)).toBe(200)
    await sleep([page], halfAnHour)
    await until(page, 'ended refused')
    expect(await fetchIn(page)).toBe('refused')
  })

  it('gives up an assertion that never comes, and asks again (Superset #40870)', async () => {
    const page = await openTab()
    await context.route('**/assertion', () => undefined)
    const connecting = connectTab(page, 'a', 200)
    await expect.poll(() => tokenCalls(page)).toBe(1)
    await page.clock.fastForward(500)
    expect(await connecting).toBe('host-unreachable')
    await context.unroute('**/assertion')
    expect(await connectTab(page)).toBe('connected')
  })

  it('leaves no timer behind a component that is removed (Superset #40870)', async () => {
    const page = await openConnected()
    await page.evaluate(() => (globalThis as unknown as TabGlobals).qlik.a?.close())
    const before = await tokenCalls(page)
    await page.clock.fastForward(hour * 1000)
    await show(page)
    expect(await stateOf(page)).toBe('ended closed')
    expect(await tokenCalls(page)).toBe(before)
  })

  it('goes on when the network is back (Superset #29902)', async () => {
    const page = await openConnected()
    await context.setOffline(true)
    await sleep([page], halfAnHour)
    expect(await fetchIn(page)).toBe('offline')
    await context.setOffline(false)
    await until(page, 'connected')
    expect(await fetchIn(page)).toBe(200)
  })

  it('goes on after sleep, when the session has expired meanwhile (Looker README)', async () => {
    const page = await openConnected()
    await sleep([page], 10 * hour)
    await show(page)
    expect(await fetchIn(page)).toBe(200)
    expect(await eventsOf(page)).toEqual(['renewed'])
  })

  it('keeps three tabs for eight hours, with one login at Qlik an hour for all (Looker #228)', async () => {
    const tabs = [await openConnected(), await openConnected(), await openConnected()]
    const before = stage.logins()
    for (let passed = 1; passed <= 8; passed += 1) {
      // As when a laptop sleeps: what one tab asks is not under way when the clock of another one jumps.
      await context.setOffline(true)
      await sleep(tabs, hour)
      await context.setOffline(false)
      for (const tab of tabs) await until(tab, 'connected')
      expect(await Promise.all(tabs.map((tab) => fetchIn(tab)))).toEqual([200, 200, 200])
      expect(stage.logins()).toBe(before + passed)
    }
    for (const tab of tabs) expect(await stateOf(tab)).toBe('connected')
  })

  it('opens the second session of the day, and the third (Looker #216)', async () => {
    const page = await openConnected()
    for (const renewed of [1, 2]) {
      await sleep([page], 10 * hour)
      expect(await fetchIn(page)).toBe(200)
      expect(await eventsOf(page)).toHaveLength(renewed)
    }
  })

  it('is not disturbed by a connection that closes meanwhile (Looker #234)', async () => {
    const page = await openConnected()
    await connectTab(page, 'b')
    await sleep([page], halfAnHour)
    const status = await page.evaluate(async () => {
      const { qlik } = globalThis as unknown as TabGlobals
      const mine = qlik.a?.fetch('/api/v1/users/me').catch((error) => error.details.reason)
      const other = qlik.b?.fetch('/api/v1/users/me')
      qlik.a?.close()
      return [await mine, (await other)?.status]
    })
    expect(status).toEqual(['closed', 200])
    expect([await stateOf(page), await stateOf(page, 'b')]).toEqual(['ended closed', 'connected'])
  })

  it('serves two components with one token, at once and later (Metabase #81021, #49081)', async () => {
    const page = await openTab()
    const before = stage.logins()
    const names = ['a', 'b', 'c', 'd', 'e']
    expect(await Promise.all(names.map((name) => connectTab(page, name)))).toEqual(
      names.map(() => 'connected'),
    )
    const { appId } = stage.tenant
    for (const name of names) expect(await openSocket(page, appId, name)).toMatch(/^On/)
    expect([await tokenCalls(page), stage.logins() - before]).toEqual([1, 1])
  })

  it('loses no state of the page: no reload, the same address of the engine (Metabase #69010)', async () => {
    const page = await openConnected()
    const { appId } = stage.tenant
    await page.evaluate((app) => {
      const tab = globalThis as unknown as TabGlobals & { address?: string }
      tab.address = tab.qlik.a?.webSocketUrl(app) ?? ''
    }, appId)
    await sleep([page], halfAnHour)
    expect(await fetchIn(page)).toBe(200)
    const message = await page.evaluate(() => {
      const { qlik, address } = globalThis as unknown as TabGlobals & { address: string }
      const socket = (qlik.a as QlikConnection).createSocket(address)
      return new Promise((resolve) => {
        socket.addEventListener('message', ({ data }) => resolve(JSON.parse(data).method))
        socket.addEventListener('close', ({ code }) => resolve(code))
      })
    })
    expect(message).toMatch(/^On/)
  })

  it('asks for an assertion at each renewal, not once (Power BI react #98)', async () => {
    const page = await openConnected()
    for (const calls of [2, 3]) {
      await sleep([page], halfAnHour)
      expect(await fetchIn(page)).toBe(200)
      expect(await tokenCalls(page)).toBeGreaterThanOrEqual(calls)
    }
  })

  it('recovers without a reload long after everything has expired (Power BI react #23)', async () => {
    const page = await openConnected()
    answer = { status: 500 }
    await sleep([page], 2 * hour)
    await until(page, 'waiting host-unreachable')
    answer = undefined
    // Nobody calls: the connection tries again by itself.
    await page.clock.fastForward(90_000)
    await until(page, 'connected')
    expect((await eventsOf(page)).at(-1)).toBe('renewed')
  })

  it('shows a refusal as what it is (Superset #20817)', async () => {
    const page = await openTab()
    answer = { status: 200, body: 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2ln' }
    expect(await connectTab(page)).toBe('refused')
    answer = { status: 401 }
    expect(await connectTab(page)).toBe('not-logged-in-to-host')
  })

  it('knows a page that the gateway does not list (Tableau #28)', async () => {
    const page = await context.newPage()
    await page.goto(stage.hostUrl.replace('www.acme.', 'www.other.'))
    await page.waitForFunction(() => 'connect' in globalThis)
    answer = { status: 200, body: stage.host.assertionFor(ada) }
    expect(await connectTab(page)).toBe('qlik-unreachable')
  })

  it('shows nobody’s data when the application is away and an older person’s cookie is there (Tableau guide #45)', async () => {
    stage.host.person = bob
    const bobs = await openConnected()
    await bobs.close()
    answer = { status: 503 }
    const page = await openTab()
    const seen = stage.tenant.emulator.requests.length
    expect(await connectTab(page)).toBe('host-unreachable')
    expect(stage.tenant.emulator.requests.slice(seen)).toEqual([])
    answer = undefined
    stage.host.person = ada
    expect(await connectTab(page)).toBe('connected')
    const name = await page.evaluate(
      async () => (await (globalThis as unknown as TabGlobals).qlik.a?.user())?.name,
    )
    expect(name).toBe('Ada')
  })

  it('keeps a session by another assertion before the 15 minutes are over, and its socket', async () => {
    const page = await openConnected()
    expect(await openSocket(page, stage.tenant.appId)).toMatch(/^On/)
    const before = stage.logins()
    for (const calls of [2, 3, 4]) {
      // The gateway must have it before the clock goes on: the one before ends soon.
      const renewed = page.waitForResponse(
        (answer) =>
          answer.url().endsWith('/.jotgate/login') && answer.request().method() === 'POST',
      )
      await sleep([page], 13 * 60)
      await expect.poll(() => tokenCalls(page)).toBe(calls)
      expect((await renewed).status()).toBe(200)
      expect(await fetchIn(page)).toBe(200)
    }
    const isOpen = await page.evaluate(
      () => (globalThis as unknown as { socket: WebSocket }).socket.readyState === 1,
    )
    expect([isOpen, await eventsOf(page), stage.logins() - before]).toEqual([true, [], 0])
  })
})

describe('a session that ends', () => {
  it('closes sockets with 4006, and the page logs in no more', async () => {
    const page = await openConnected()
    expect(await openSocket(page, stage.tenant.appId)).toMatch(/^On/)
    const closed = page.evaluate(() => {
      const { socket } = globalThis as unknown as { socket: WebSocket }
      return new Promise((resolve) => {
        socket.addEventListener('close', ({ code, reason }) => resolve([code, reason]))
      })
    })
    const before = await tokenCalls(page)
    await stage.gateway.endSessions({ subject: ada.subject })
    expect(await closed).toEqual([4006, 'revoked'])
    await until(page, 'ended revoked')
    expect(await fetchIn(page)).toBe('revoked')
    expect(await tokenCalls(page)).toBe(before)
  })

  it('ends all tabs of the browser when the person signs out in one', async () => {
    const [first, second] = [await openConnected(), await openConnected()]
    await second.evaluate(() => (globalThis as unknown as TabGlobals).qlik.a?.logout())
    await until(first, 'ended signed-out')
    expect(await fetchIn(first)).toBe('signed-out')
  })

  it('ends a tab when somebody else logs in to the application in another one', async () => {
    const [first, second] = [await openConnected(), await openTab()]
    stage.host.person = bob
    expect(await connectTab(second)).toBe('connected')
    await until(first, 'ended other-person')
  })

  it('leaves no cookie of Qlik in the browser', async () => {
    const page = await openConnected()
    expect(await openSocket(page, stage.tenant.appId)).toMatch(/^On/)
    expect((await context.cookies()).map(({ name }) => name)).toEqual(['__Host-jotgate'])
  })
})
