// The renewal of a login in a real browser. Each test of the first part is named for a fault that SDKs of other
// vendors had, or have, at exactly this.
import type { EndedReason, WaitingReason } from 'jotgate/browser'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchChromium } from './chromium.ts'
import {
  ada,
  bob,
  connectTab,
  createTabStage,
  eventsOf,
  fetchIn,
  openSocket,
  show,
  stateOf,
  type TabGlobals,
  type TabStage,
} from './tab-stage.ts'

let browser: Browser
let stage: TabStage
let context: BrowserContext
beforeAll(async () => {
  browser = await launchChromium()
  stage = await createTabStage(browser)
})
afterAll(async () => {
  await browser?.close()
  await stage?.close()
})
beforeEach(async () => {
  context = await stage.openBrowser()
  Object.assign(stage.host, { person: ada, answer: undefined, tokenCalls: 0, aheadMs: 0 })
  return () => context.close()
})

const halfAnHour = 31 * 60
const hour = 3600

/** A tab whose clock the test moves, that of Qlik at first. */
async function openTab(in_ = context, url = stage.hostUrl): Promise<Page> {
  const page = await stage.openTab(in_, url)
  await page.clock.install({ time: stage.tenant.emulator.clock.now() })
  return page
}

/** A tab that is connected as the person of the application. */
async function openConnected(in_ = context): Promise<Page> {
  const page = await openTab(in_)
  expect(await connectTab(stage, page)).toBe('connected')
  return page
}

/**
 * Lets time pass for pages, the application and Qlik, in this order: when Qlik ends its sessions, the pages know
 * that they have expired.
 */
async function sleep(pages: readonly Page[], seconds: number): Promise<void> {
  await Promise.all(pages.map((page) => page.clock.fastForward(seconds * 1000)))
  stage.advance(seconds)
}

/** Qlik's sessions end by inactivity. */
const expire = (...pages: readonly Page[]) => sleep(pages, halfAnHour)

const until = (page: Page, state: string) =>
  expect.poll(() => stateOf(page), { timeout: 20_000 }).toBe(state)

describe('the renewal of a login', () => {
  it('refuses the same token when it is given twice (lago #3816)', async () => {
    const page = await openConnected()
    await expire(page)
    const body = await page.evaluate(async () => (await fetch('/token', { method: 'POST' })).text())
    stage.host.answer = { status: 200, body }
    expect(await fetchIn(page)).toBe(200)
    await expire(page)
    expect(await fetchIn(page)).toBe('refused')
    expect(await stateOf(page)).toBe('ended refused')
  })

  it('gives up a token function that never settles, and asks again (Superset #40870)', async () => {
    const page = await openTab()
    const { url } = stage.tenant.deployment
    const outcome = await page.evaluate(
      async ([qlikUrl, webIntegrationId]) => {
        const tab = globalThis as unknown as TabGlobals
        const connecting = tab.connect({
          mode: 'direct',
          url: qlikUrl as string,
          webIntegrationId: webIntegrationId as string,
          token: () => new Promise(() => undefined),
          timeoutMs: 200,
        })
        return connecting.catch((error) => `${error.code} ${error.details.reason}`)
      },
      [url, stage.tenant.webIntegrationId],
    )
    expect(outcome).toBe('ERR_BROWSER_TIMEOUT host-unreachable')
    expect(await connectTab(stage, page)).toBe('connected')
  })

  it('leaves no timer behind a component that is removed (Superset #40870)', async () => {
    const page = await openConnected()
    stage.host.answer = { status: 500 }
    await expire(page)
    expect(await fetchIn(page)).toBe('host-unreachable')
    expect(await stateOf(page)).toBe('waiting host-unreachable')
    await page.evaluate(() => (globalThis as unknown as TabGlobals).qlik.a?.close())
    const { tokenCalls } = stage.host
    await page.clock.fastForward(10 * 60_000)
    await show(page)
    expect(await stateOf(page)).toBe('ended closed')
    expect(stage.host.tokenCalls).toBe(tokenCalls)
  })

  it('goes on when the network is back (Superset #29902)', async () => {
    const page = await openConnected()
    await expire(page)
    await context.setOffline(true)
    expect(await fetchIn(page)).toBe('offline')
    await context.setOffline(false)
    expect(await fetchIn(page)).toBe(200)
    expect(await stateOf(page)).toBe('connected')
  })

  it('goes on after sleep, when the session has expired meanwhile (Looker README)', async () => {
    const page = await openConnected()
    await sleep([page], 8 * hour)
    await show(page)
    expect(await fetchIn(page)).toBe(200)
    expect(await eventsOf(page)).toEqual(['renewed'])
  })

  it('keeps three tabs for eight hours, with one login an hour for all (Looker #228)', async () => {
    const tabs = [await openConnected(), await openConnected(), await openConnected()]
    const before = stage.logins()
    for (let passed = 1; passed <= 8; passed += 1) {
      await sleep(tabs, hour)
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
    await connectTab(stage, page, { name: 'b' })
    await expire(page)
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
    const outcomes = await Promise.all(names.map((name) => connectTab(stage, page, { name })))
    expect(outcomes).toEqual(names.map(() => 'connected'))
    const { appId } = stage.tenant
    for (const name of names) expect(await openSocket(page, appId, name)).toMatch(/^On/)
    expect([stage.host.tokenCalls, stage.logins() - before]).toEqual([1, 1])
    await sleep([page], halfAnHour)
    expect(await Promise.all(names.map((name) => fetchIn(page, undefined, name)))).toEqual(
      names.map(() => 200),
    )
    expect([stage.host.tokenCalls, stage.logins() - before]).toEqual([2, 2])
  })

  it('loses no state of the page: no reload, the same address of the engine (Metabase #69010)', async () => {
    const page = await openConnected()
    const { appId } = stage.tenant
    expect(await openSocket(page, appId)).toMatch(/^On/)
    await page.evaluate((app) => {
      const tab = globalThis as unknown as TabGlobals & { address?: string }
      tab.address = tab.qlik.a?.webSocketUrl(app) ?? ''
    }, appId)
    await sleep([page], halfAnHour)
    expect(await fetchIn(page)).toBe(200)
    const message = await page.evaluate(() => {
      const { qlik, address } = globalThis as unknown as TabGlobals & { address: string }
      const socket = qlik.a?.createSocket(address)
      return new Promise((resolve) => {
        socket?.addEventListener('message', ({ data }) => resolve(JSON.parse(data).method))
        socket?.addEventListener('close', ({ code }) => resolve(code))
      })
    })
    expect(message).toMatch(/^On/)
  })

  it('asks the token function at each renewal, not once (Power BI react #98)', async () => {
    const page = await openTab()
    const { url } = stage.tenant.deployment
    await page.evaluate(
      async ([qlikUrl, webIntegrationId]) => {
        const tab = globalThis as unknown as TabGlobals
        tab.qlik.a = await tab.connect({
          mode: 'direct',
          url: qlikUrl as string,
          webIntegrationId: webIntegrationId as string,
          token: async () => {
            tab.tokenCalls += 1
            const response = await fetch('/token', { method: 'POST' })
            return (await response.json()).token
          },
        })
      },
      [url, stage.tenant.webIntegrationId],
    )
    for (const calls of [2, 3]) {
      await expire(page)
      expect(await fetchIn(page)).toBe(200)
      const { tokenCalls } = await page.evaluate(() => ({
        tokenCalls: (globalThis as unknown as TabGlobals).tokenCalls,
      }))
      expect(tokenCalls).toBe(calls)
    }
  })

  it('recovers without a reload long after everything has expired (Power BI react #23)', async () => {
    const page = await openConnected()
    stage.host.answer = { status: 500 }
    await sleep([page], 2 * hour)
    expect(await fetchIn(page)).toBe('host-unreachable')
    stage.host.answer = undefined
    // Nobody calls: the connection tries again by itself.
    await page.clock.fastForward(5000)
    await until(page, 'connected')
    expect(await eventsOf(page)).toEqual(['waiting host-unreachable', 'renewed'])
  })

  it('shows a refusal as what it is (Superset #20817)', async () => {
    const page = await openConnected()
    await expire(page)
    stage.host.answer = { status: 403 }
    expect(await fetchIn(page)).toBe('not-permitted')
    const other = await openTab()
    stage.host.answer = {
      status: 200,
      body: '{"token":"eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2ln"}',
    }
    expect(await connectTab(stage, other)).toBe('refused')
  })

  it('says that cookies are blocked (Tableau #28)', async () => {
    const page = await openTab(context, stage.crossSiteUrl)
    expect(await connectTab(stage, page)).toBe('cookies-blocked')
  })

  it('shows nobody’s data when the application is away and an older person’s cookie is there (Tableau guide #45)', async () => {
    stage.host.person = bob
    const bobs = await openConnected()
    await bobs.close()
    stage.host.answer = { status: 503 }
    const page = await openTab()
    const seen = stage.tenant.emulator.requests.length
    expect(await connectTab(stage, page)).toBe('host-unreachable')
    expect(stage.tenant.emulator.requests.slice(seen)).toEqual([])
    Object.assign(stage.host, { answer: undefined, person: ada })
    expect(await connectTab(stage, page)).toBe('connected')
    const name = await page.evaluate(
      async () => (await (globalThis as unknown as TabGlobals).qlik.a?.user())?.name,
    )
    expect(name).toBe('Ada')
  })
})

describe('tabs', () => {
  it('share a session: a second tab takes that of the first, without a login', async () => {
    const first = await openConnected()
    const before = stage.logins()
    const second = await openConnected()
    expect(stage.logins()).toBe(before)
    expect(await openSocket(first, stage.tenant.appId)).toMatch(/^On/)
    expect(await openSocket(second, stage.tenant.appId)).toMatch(/^On/)
  })

  it.each(['new-session', 'replaces', 'joins'] as const)(
    'that do not reach each other work side by side, whatever a second login does: %s',
    async (secondLogin) => {
      stage.tenant.emulator.switches.set({ secondLogin })
      const first = await openConnected()
      // As where storage, locks and channels do not reach: the second tab logs in.
      const second = await openTab()
      await second.evaluate(() => {
        localStorage.clear()
        Reflect.deleteProperty(globalThis, 'BroadcastChannel')
      })
      const before = stage.logins()
      expect(await connectTab(stage, second)).toBe('connected')
      expect(stage.logins()).toBe(before + 1)
      const { appId } = stage.tenant
      for (const tab of [first, second]) {
        expect(await fetchIn(tab)).toBe(200)
        const written = await tab.evaluate(async () => {
          const { qlik } = globalThis as unknown as TabGlobals
          return (await qlik.a?.fetch('/api/v1/api-keys/none', { method: 'DELETE' }))?.status
        })
        expect(written).toBe(404)
        expect(await openSocket(tab, appId)).toMatch(/^On/)
        expect(await stateOf(tab)).toBe('connected')
      }
      stage.tenant.emulator.switches.set({ secondLogin: 'new-session' })
    },
  )

  it('end within a second when the person signs out in another, and log in no more', async () => {
    const [first, second] = [await openConnected(), await openConnected()]
    await openSocket(first, stage.tenant.appId)
    const { tokenCalls } = stage.host
    await second.evaluate(() => (globalThis as unknown as TabGlobals).qlik.a?.logout())
    await expect.poll(() => stateOf(first), { timeout: 1000 }).toBe('ended signed-out')
    const closed = () =>
      first.evaluate(() => (globalThis as unknown as { socket: WebSocket }).socket.readyState >= 2)
    expect(await closed()).toBe(true)
    expect(await fetchIn(first)).toBe('signed-out')
    // Somebody else signs in in the other tab.
    stage.host.person = bob
    await second.reload()
    await second.waitForFunction(() => 'connect' in globalThis)
    expect(await connectTab(stage, second)).toBe('connected')
    await show(first)
    expect(await stateOf(first)).toBe('ended signed-out')
    expect(await fetchIn(second)).toBe(200)
    expect(stage.host.tokenCalls).toBe(tokenCalls + 1)
  })

  it.each(['other-person', 'signed-out'])(
    'that hear nothing of each other end when they are looked at: %s',
    async (reason) => {
      await context.addInitScript(() => {
        Reflect.deleteProperty(globalThis, 'BroadcastChannel')
        Object.defineProperty(navigator, 'locks', { value: undefined })
      })
      const [first, second] = [await openConnected(), await openConnected()]
      await second.evaluate(() => (globalThis as unknown as TabGlobals).qlik.a?.logout())
      if (reason === 'other-person') {
        stage.host.person = bob
        await second.reload()
        await second.waitForFunction(() => 'connect' in globalThis)
        expect(await connectTab(stage, second)).toBe('connected')
      }
      const before = stage.logins()
      await show(first)
      await until(first, `ended ${reason}`)
      expect(await fetchIn(first)).toBe(reason)
      expect(stage.logins()).toBe(before)
    },
  )

  it('end when Qlik closes their socket because the person signed out where nothing reaches', async () => {
    const [first, second] = [await openConnected(), await openConnected()]
    expect(await openSocket(first, stage.tenant.appId)).toMatch(/^On/)
    const before = stage.logins()
    await second.evaluate(
      (url) => fetch(`${url}/logout`, { mode: 'no-cors', credentials: 'include' }),
      stage.tenant.deployment.url,
    )
    await until(first, 'ended signed-out')
    expect(stage.logins()).toBe(before)
  })

  it('that were in the browser’s cache compare before they load anything', async () => {
    const page = await openConnected()
    const other = await openConnected()
    stage.host.person = bob
    await other.evaluate(() => {
      const { qlik } = globalThis as unknown as TabGlobals
      qlik.a?.close()
    })
    expect(await connectTab(stage, other)).toBe('connected')
    await page.evaluate(() =>
      dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })),
    )
    expect(await fetchIn(page, '/api/v1/items')).toBe('other-person')
  })
})

/** What leads to each reason of direct mode; only a gateway tells `revoked`. A reason without one does not compile. */
const provocations: Readonly<
  Record<WaitingReason | Exclude<EndedReason, 'revoked'>, (page: Page) => Promise<unknown>>
> = {
  offline: async (page) => {
    await context.setOffline(true)
    return connectTab(stage, page)
  },
  'host-unreachable': async (page) => {
    stage.host.answer = { status: 502 }
    return connectTab(stage, page)
  },
  'qlik-unreachable': async (page) => connectTab(stage, page, { webIntegrationId: 'unknown' }),
  'rate-limited': async (page) => {
    stage.host.answer = { status: 429 }
    return connectTab(stage, page)
  },
  'queue-full': async (page) => {
    stage.host.answer = { status: 503, headers: { 'retry-after': '1' } }
    return connectTab(stage, page)
  },
  'signed-out': async (page) => {
    await connectTab(stage, page)
    await page.evaluate(() => (globalThis as unknown as TabGlobals).qlik.a?.logout())
    return fetchIn(page)
  },
  'other-person': async (page) => {
    await connectTab(stage, page)
    stage.host.person = bob
    await expire(page)
    return fetchIn(page)
  },
  'not-logged-in-to-host': async (page) => {
    stage.host.person = undefined
    return connectTab(stage, page)
  },
  'not-permitted': async (page) => {
    stage.host.answer = { status: 403 }
    return connectTab(stage, page)
  },
  refused: async (page) => {
    stage.host.answer = { status: 405 }
    return connectTab(stage, page)
  },
  'cookies-blocked': async () => connectTab(stage, await openTab(context, stage.crossSiteUrl)),
  'origin-not-listed': async (page) => {
    const { switches } = stage.tenant.emulator
    switches.set({ originRefusalHeaders: 'sent' })
    try {
      return await connectTab(stage, page, { webIntegrationId: 'unknown' })
    } finally {
      // The page may not read it then: `qlik-unreachable`, which is provoked above.
      switches.set({ originRefusalHeaders: 'omitted' })
    }
  },
  clock: async (page) => {
    stage.host.aheadMs = 2 * hour * 1000
    return connectTab(stage, page)
  },
  closed: async (page) => {
    await connectTab(stage, page)
    await page.evaluate(() => (globalThis as unknown as TabGlobals).qlik.a?.close())
    return fetchIn(page)
  },
}

describe('each reason', () => {
  it.each(Object.keys(provocations) as (keyof typeof provocations)[])('%s', async (reason) => {
    // Lists of the public entry, so that one that is forgotten here is noticed.
    const page = await openTab()
    // The page's clock is the real one: Qlik's must not be far from it.
    stage.tenant.emulator.clock.reset()
    expect(await provocations[reason](page)).toBe(reason)
  })
})
