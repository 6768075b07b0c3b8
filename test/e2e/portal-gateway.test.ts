// The portal as `npm start` sets it up: a page of www.acme.localhost, a gateway at qlik.acme.localhost and sense.acme.localhost,
// Qlik Cloud at tenant.cloud.localhost and client-managed Qlik at sense.server.localhost.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startDemonstration } from '../../scripts/start/demonstration.ts'
import { axeViolations, createColourCount, launchChromium, qliksOwn } from './chromium.ts'
import { openCookieProfile } from './cookie-profile.ts'
import { countBy, type Film, grossByGenre } from './films.ts'
import { findFreePort } from './free-port.ts'
import { readNumbers, type Visit, visitAs } from './portal-visit.ts'

const studio = 'Warner Bros.'
const isAdas = (film: Film) => film.Distributor === studio

let stage: Awaited<ReturnType<typeof startDemonstration>>
let portalUrl: string
let gatewayHosts: Readonly<Record<'cloud' | 'client-managed', string>>
let reader: Browser
let coloursOf: Awaited<ReturnType<typeof createColourCount>>
const cleanUps: (() => Promise<unknown>)[] = []
const profiles: (() => Promise<void>)[] = []

async function start(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-portal-'))
  cleanUps.push(() => rm(folder, { recursive: true, force: true }))
  const [emulatorPort = 0, serverPort = 0, portalPort = 0, gatewayPort = 0] = await freePorts()
  stage = await startDemonstration({
    emulatorPort,
    serverPort,
    portalPort,
    gatewayPort,
    folder,
    report: { step: async (_name, run) => run() },
  })
  cleanUps.push(() => stage.close())
  portalUrl = stage.portalUrl
  gatewayHosts = {
    cloud: `qlik.acme.localhost:${gatewayPort}`,
    'client-managed': `sense.acme.localhost:${gatewayPort}`,
  }
}

async function freePorts(): Promise<number[]> {
  const ports = new Set<number>()
  while (ports.size < 4) ports.add(await findFreePort())
  return [...ports]
}

beforeAll(async () => {
  ;[reader] = await Promise.all([launchChromium(), start()])
  coloursOf = await createColourCount(reader)
})
afterEach(async () => {
  await stage?.gateway.endSessions({ all: true })
  for (const close of profiles.splice(0)) await close()
})
afterAll(async () => {
  await reader?.close()
  for (const cleanUp of cleanUps.reverse()) await cleanUp()
})

async function openProfile(
  thirdPartyCookies: 'blocked' | 'allowed' = 'blocked',
): Promise<BrowserContext> {
  const { context, close } = await openCookieProfile(thirdPartyCookies)
  profiles.push(close)
  return context
}

async function enter(path: string, name = 'Ada Lovelace'): Promise<Visit> {
  return visitAs(await openProfile(), { url: portalUrl + path, name })
}

const expectDrawn = (page: Page, selector: string) =>
  expect.poll(() => coloursOf(page.locator(selector))).toBeGreaterThan(20)

/** What the gateway has open, for both products. */
function openAtGateway(): { sessions: number; sockets: number } {
  const { sessions, sockets } = stage.gateway.health()
  return { sessions, sockets }
}

/** The names of all cookies that the browser holds, whichever host they are of. */
async function cookieNames(context: BrowserContext, page: Page): Promise<string[]> {
  const session = await context.newCDPSession(page)
  const { cookies } = await session.send('Network.getAllCookies')
  return cookies.map(({ name }) => name).sort()
}

/** The table beside the sequence, once it stands. */
async function readWhatHappened(page: Page) {
  const rows = page.locator('#sequence-frame tbody tr')
  await rows.first().waitFor({ state: 'attached' })
  const cells = await rows.evaluateAll((found) =>
    found.map((row) => [...row.children].map((cell) => cell.textContent ?? '')),
  )
  return cells.map(([when, from, to, what, sent]) => ({
    when,
    line: `${from} ${to} ${what}`,
    sent,
  }))
}

/** With every table open, at the widths of a desk and of a phone. */
async function expectAccessible(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'What happened' }).waitFor()
  for (const details of await page.locator('details').all())
    await details.evaluate((element) => element.setAttribute('open', ''))
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 900 })
    expect(await axeViolations(page, qliksOwn)).toEqual([])
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    expect(overflow).toBe(0)
  }
}

const hubOf = (page: Page) => page.frameLocator('#hub-frame')

/** What each view shows when the person's data is there. */
const views: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  '/': async (page) => {
    expect(await readNumbers(page)).toEqual(grossByGenre([studio]))
    await expectDrawn(page, '#chart')
  },
  '/embed/iframe': async (page) => {
    expect(await readNumbers(page)).toEqual(countBy('MPAA Rating', isAdas))
    await page.frameLocator('#qlik-frame').getByText('US gross by genre').first().waitFor()
    await expectDrawn(page, '#qlik-frame')
  },
  '/rest': async (page) => {
    await page.locator('#answer').getByText('"subject": "acme|ada"').waitFor()
  },
  '/enigma': async (page) => {
    expect(await readNumbers(page)).toEqual(grossByGenre([studio]))
  },
  '/qlik-api': async (page) => {
    await page.locator('#me').getByText('acme|ada').waitFor()
    expect(await readNumbers(page)).toEqual(grossByGenre([studio]))
  },
  '/qlik-embed': async (page) => {
    await expectDrawn(page, '#embed-object')
    await expectDrawn(page, '#embed-chart')
  },
  '/client-managed': async (page) => {
    expect(await readNumbers(page)).toEqual(countBy('MPAA Rating', isAdas))
    await expectDrawn(page, '#chart')
    expect(await readNumbers(page, '#api-frame')).toEqual(grossByGenre([studio]))
  },
  '/client-managed/hub': async (page) => {
    await hubOf(page).getByText('ACME\\ada').waitFor()
    await hubOf(page).getByRole('link', { name: 'Movies' }).click()
    await hubOf(page).getByRole('heading', { name: 'Overview' }).waitFor()
    await expect.poll(() => coloursOf(hubOf(page).locator('#canvas'))).toBeGreaterThan(20)
  },
}
const productOf = (path: string) =>
  path.startsWith('/client-managed') ? 'client-managed' : 'cloud'

describe('the portal through the gateway', () => {
  it.each(Object.entries(views))(
    '%s shows the person’s own data, without a cookie or token of Qlik in the browser',
    async (path, shows) => {
      const context = await openProfile()
      const hosts = new Set<string>()
      const tokens: string[] = []
      context.on('request', (request) => {
        hosts.add(new URL(request.url()).host)
        if (request.url().includes('eyJ')) tokens.push(request.url())
      })
      const { page, complaints } = await visitAs(context, {
        url: portalUrl + path,
        name: 'Ada Lovelace',
      })
      await page.getByText('Logged in to Qlik as Ada Lovelace').waitFor()
      await shows(page)
      const route = page.locator('#route')
      expect(await route.locator('[aria-current]').textContent()).toBe('Through the gateway')
      expect(await route.textContent()).toContain('no cookie or token of Qlik')
      const code = await page.locator('#code').textContent()
      expect(code).toContain("mode: 'gateway'")
      expect(code).toMatch(new RegExp(`(url|host)( =|:) 'http://${gatewayHosts[productOf(path)]}'`))
      expect(complaints).toEqual([])
      const { host } = new URL(portalUrl)
      expect([...hosts].sort()).toEqual([gatewayHosts[productOf(path)], host].sort())
      expect(tokens).toEqual([])
      expect(await cookieNames(context, page)).toEqual(['__Host-jotgate', 'portal-session'])
    },
  )

  it.each(['/rest', '/client-managed'])(
    'is compared with the direct way at %s, whose panel for blocked cookies leads back by one click',
    async (path) => {
      const { page, context } = await enter(path)
      await page.getByText('Logged in to Qlik as Ada Lovelace').waitFor()
      await page.getByRole('button', { name: 'Direct' }).click()
      await page.getByText('Your browser blocks Qlik’s cookies').waitFor()
      const route = page.locator('#route')
      expect(await route.locator('[aria-current]').textContent()).toBe('Direct')
      expect(await route.textContent()).toContain('a browser that blocks those cannot log in')
      // The way that was left has no session any more.
      expect(openAtGateway()).toEqual({ sessions: 0, sockets: 0 })
      expect(await axeViolations(page, qliksOwn)).toEqual([])
      await page.getByRole('button', { name: 'Go through the gateway' }).click()
      await page.getByText('Logged in to Qlik as Ada Lovelace').waitFor()
      expect(page.url()).toBe(portalUrl + path)
      await views[path]?.(page)
      expect(await cookieNames(context, page)).toEqual([
        '__Host-jotgate',
        'portal-session',
        'portal-way',
      ])
    },
  )

  it('works directly too where the browser lets Qlik’s cookies through, and other tabs follow the choice', async () => {
    const context = await openProfile('allowed')
    const { page } = await visitAs(context, { url: `${portalUrl}/rest`, name: 'Ada Lovelace' })
    await views['/rest']?.(page)
    const other = await context.newPage()
    await other.goto(`${portalUrl}/client-managed`)
    await other.getByText('Logged in to Qlik as Ada Lovelace').waitFor()
    await page.getByRole('button', { name: 'Direct' }).click()
    for (const [tab, path] of [
      [page, '/rest'],
      [other, '/client-managed'],
    ] as const) {
      await tab.locator('#route [aria-current]', { hasText: 'Direct' }).waitFor()
      await tab.getByText('Logged in to Qlik as Ada Lovelace').waitFor()
      await views[path]?.(tab)
    }
    expect(openAtGateway()).toEqual({ sessions: 0, sockets: 0 })
  })

  it.each(['gateway', 'direct'] as const)(
    'a sign-out closes every tab of both products, and lets another person in: %s',
    async (way) => {
      const context = await openProfile(way === 'direct' ? 'allowed' : 'blocked')
      const { page } = await visitAs(context, { url: `${portalUrl}/enigma`, name: 'Ada Lovelace' })
      await page.getByText('Logged in to Qlik as Ada Lovelace').waitFor()
      if (way === 'direct') await page.getByRole('button', { name: 'Direct' }).click()
      const label = way === 'direct' ? 'Direct' : 'Through the gateway'
      await page.locator('#route [aria-current]', { hasText: label }).waitFor()
      await views['/enigma']?.(page)
      const tabs = [page]
      for (const path of ['/rest', '/client-managed']) {
        const tab = await context.newPage()
        await tab.goto(portalUrl + path)
        await views[path]?.(tab)
        tabs.push(tab)
      }
      if (way === 'gateway') expect(openAtGateway()).toEqual({ sessions: 2, sockets: 3 })
      // The one without a web socket.
      await tabs[1]?.getByRole('button', { name: 'Sign out' }).click()
      for (const tab of tabs) await tab.getByRole('heading', { name: 'Sign in as' }).waitFor()
      expect(openAtGateway()).toEqual({ sessions: 0, sockets: 0 })
      const { 'client-managed': server } = stage.emulators.products
      if (way === 'direct') expect(server.state.sessions()).toEqual([])
      await page.goto(`${portalUrl}/enigma`)
      await page.getByRole('button', { name: 'Björn Ågren' }).click()
      await page.getByText('Logged in to Qlik as Björn Ågren').waitFor()
      expect(await readNumbers(page)).toEqual(grossByGenre(['Paramount Pictures']))
    },
  )

  it.each([
    ['/enigma', 'POST /login/jwt-session'],
    ['/client-managed', 'GET /jwt/qps/csrftoken'],
  ] as const)(
    'shows what happened in the login of %s, as each wrote it down',
    async (path, login) => {
      const { page } = await enter(path)
      const seen = await readWhatHappened(page)
      const order = [
        'Browser Portal POST /assertion',
        'Portal itself assertion signed',
        'Browser Gateway POST /.jotgate/login',
        'Gateway itself audit line: enter',
        'Gateway itself audit line: mint',
        `Gateway Qlik ${login}`,
        'Gateway itself audit line: qlik-session-open',
        'Gateway itself audit line: socket-open',
      ].map((start) => seen.findIndex(({ line }) => line.startsWith(start)))
      expect(order).not.toContain(-1)
      // By the IDs of both tokens, whose records are of different parts.
      const jtiOf = (index = -1) => /jti ([\w-]+…)/.exec(seen[index]?.sent ?? '')?.[1]
      expect(jtiOf(order[1])).toBe(jtiOf(order[3]))
      expect(jtiOf(order[4])).toBe(jtiOf(order[5]))
      expect(JSON.stringify(seen)).not.toContain('eyJ')
      await page.emulateMedia({ colorScheme: 'dark' })
      if (path === '/client-managed') await expectAccessible(page)
      // The page that comes next finds a Qlik session that is there already.
      await page.reload()
      const again = await readWhatHappened(page)
      const mint = again.find(({ line }) => line === 'Gateway itself audit line: mint')
      expect(mint?.when).toMatch(/^earlier, at \d\d:\d\d:\d\d$/)
    },
  )

  it('shows that a browser which blocks third-party cookies sends none', async () => {
    const { page } = await enter('/rest')
    await page.getByText('Logged in to Qlik as Ada Lovelace').waitFor()
    await page.getByRole('button', { name: 'Direct' }).click()
    await page.getByText('Your browser blocks Qlik’s cookies').waitFor()
    const seen = await readWhatHappened(page)
    const at = seen.findIndex(({ line }) => line === 'Browser Qlik POST /login/jwt-session')
    expect(seen[at]?.sent).toMatch(/^a token with jti .*answered 200; sets .*eas\.sid/)
    expect(seen[at + 1]).toMatchObject({
      line: 'Browser Qlik GET /api/v1/csrf-token',
      sent: 'no cookie; answered 401',
    })
  })

  it('shows who may not open the app that it is not shared with them', async () => {
    const { page } = await enter('/', 'Dana Novak')
    await page.locator('#failure').getByText('not shared').waitFor()
    await page.getByText('Logged in to Qlik as Dana Novak').waitFor()
  })

  it('is accessible, wide and narrow', async () => {
    const { page } = await enter('/')
    await page.locator('#steps .is-done').nth(3).waitFor()
    await expectAccessible(page)
  })
})

describe('the address without a name', () => {
  it('reaches both products directly, and links to the gateway', async () => {
    const { page } = await visitAs(await openProfile(), {
      url: `${stage.plainUrl}/rest`,
      name: 'Ada Lovelace',
    })
    await views['/rest']?.(page)
    const link = page.getByRole('link', { name: 'Through the gateway' })
    expect(await link.getAttribute('href')).toBe(`${portalUrl}/rest`)
    await page.goto(`${stage.plainUrl}/client-managed`)
    await views['/client-managed']?.(page)
  })
})
