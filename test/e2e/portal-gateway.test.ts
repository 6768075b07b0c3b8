// The portal at the address that `npm start` names first: a page of www.acme.localhost, the gateway at qlik.acme.localhost,
// and Qlik at tenant.cloud.localhost, in a browser that blocks third-party cookies.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSigner } from 'jotgate'
import type { Gateway } from 'jotgate/gateway'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createAssertionSigner, createPortal } from '../../examples/portal/server/index.ts'
import { buildPortalPages } from '../../scripts/pages/portal-pages.ts'
import { startGatewayForPortal } from '../../scripts/start/gateway.ts'
import { serverDeployment, serverPrefix } from '../../scripts/start/server.ts'
import { provideSigningKey } from '../../scripts/start/signing-key.ts'
import { axeViolations, createColourCount, launchChromium, qliksOwn } from './chromium.ts'
import { openCookieProfile } from './cookie-profile.ts'
import { countBy, type Film, grossByGenre } from './films.ts'
import { findFreePort } from './free-port.ts'
import { readNumbers, type Visit, visitAs } from './portal-visit.ts'
import { createTenant, type Tenant } from './stage.ts'

const studio = 'Warner Bros.'
const isAdas = (film: Film) => film.Distributor === studio

let tenant: Tenant
let gateway: Gateway
let portalUrl: string
let directUrl: string
let gatewayUrl: string
let reader: Browser
let coloursOf: Awaited<ReturnType<typeof createColourCount>>
const cleanUps: (() => Promise<unknown>)[] = []
const profiles: (() => Promise<void>)[] = []

/** What `npm start` sets up, on free ports. */
async function startThroughGateway(): Promise<void> {
  const [portalPort, gatewayPort] = [await findFreePort(), await findFreePort()]
  portalUrl = `http://www.acme.localhost:${portalPort}`
  directUrl = `http://portal.localhost:${portalPort}`
  gatewayUrl = `http://qlik.acme.localhost:${gatewayPort}`
  tenant = await createTenant([directUrl])
  cleanUps.push(() => tenant.close())
  const { port: emulatorPort } = tenant.emulator
  const { issuer } = tenant.deployment
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-portal-'))
  cleanUps.push(() => rm(folder, { recursive: true, force: true }))
  const keyFolder = join(folder, 'keys')
  const { key: assertionKey } = await provideSigningKey(keyFolder, 'assertion')
  gateway = await startGatewayForPortal({
    port: gatewayPort,
    publicUrl: gatewayUrl,
    portalUrl,
    tenantUrl: `http://tenant.cloud.localhost:${emulatorPort}`,
    issuer,
    key: tenant.key,
    assertionIssuer: issuer,
    assertionKey,
    keyFolder,
    folder: join(folder, 'gateway'),
  })
  cleanUps.push(() => gateway.close())
  const serverUrl = 'http://localhost:1'
  const portal = await createPortal({
    port: portalPort,
    otherAddresses: [
      { publicUrl: directUrl, qlikUrl: `http://qlik.localhost:${emulatorPort}` },
      { publicUrl: portalUrl, qlikUrl: gatewayUrl, way: 'gateway' },
    ],
    qlik: {
      url: tenant.deployment.url,
      issuer,
      webIntegrationId: tenant.webIntegrationId,
      appId: tenant.appId,
    },
    signer: createSigner({ deployment: tenant.deployment, key: tenant.key }),
    // It has no address beside the gateway, so nothing asks it here.
    server: {
      place: { url: serverUrl, prefix: serverPrefix, appId: tenant.appId },
      signer: createSigner({ deployment: serverDeployment(serverUrl), key: assertionKey }),
    },
    assertionSigner: createAssertionSigner({ key: assertionKey, issuer, gatewayUrl }),
    pageFolder: (await buildPortalPages()).folder,
  })
  cleanUps.push(() => portal.close())
  // The local Qlik builds its own pages when the first is asked for.
  await fetch(`${tenant.emulator.url}/qlik-embed/main.js`)
}

beforeAll(async () => {
  ;[reader] = await Promise.all([launchChromium(), startThroughGateway()])
  coloursOf = await createColourCount(reader)
})
afterEach(async () => {
  await gateway?.endSessions({ all: true })
  for (const close of profiles.splice(0)) await close()
})
afterAll(async () => {
  await reader?.close()
  for (const cleanUp of cleanUps.reverse()) await cleanUp()
})

async function openProfile(): Promise<BrowserContext> {
  const { context, close } = await openCookieProfile('blocked')
  profiles.push(close)
  return context
}

async function enter(path: string, name = 'Ada Lovelace'): Promise<Visit> {
  return visitAs(await openProfile(), { url: portalUrl + path, name })
}

const expectDrawn = (page: Page, selector: string) =>
  expect.poll(() => coloursOf(page.locator(selector))).toBeGreaterThan(20)

/** The names of all cookies that the browser holds, whichever host they are of. */
async function cookieNames(context: BrowserContext, page: Page): Promise<string[]> {
  const session = await context.newCDPSession(page)
  const { cookies } = await session.send('Network.getAllCookies')
  return cookies.map(({ name }) => name).sort()
}

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
}

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
      await page.locator('#route').getByText('Through the gateway').waitFor()
      expect(complaints).toEqual([])
      expect([...hosts].sort()).toEqual(
        [gatewayUrl, portalUrl].map((url) => new URL(url).host).sort(),
      )
      expect(tokens).toEqual([])
      expect(await cookieNames(context, page)).toEqual(['__Host-jotgate', 'portal-session'])
    },
  )

  it('says so and links to the same view directly, and the other way round', async () => {
    const { page } = await enter('/rest')
    const compare = page.getByRole('link', { name: 'Compare: the same view directly' })
    await compare.waitFor()
    expect(await compare.getAttribute('href')).toBe(`${directUrl}/rest`)
    await compare.click()
    await page.getByRole('button', { name: 'Ada Lovelace' }).click()
    // This browser blocks third-party cookies, so it stops there, and the page leads back to the gateway.
    await page.getByText('Your browser blocks Qlik’s cookies').waitFor()
    const link = page.getByRole('link', { name: 'Open the portal through the gateway' })
    expect(await link.getAttribute('href')).toBe(portalUrl)
    const back = page.getByRole('link', { name: 'Compare: through the gateway' })
    expect(await back.getAttribute('href')).toBe(`${portalUrl}/rest`)
    expect(await axeViolations(page, qliksOwn)).toEqual([])
  })

  it('ends the session at the gateway with the sign-out, in every tab, and lets another person in', async () => {
    const { page, context } = await enter('/enigma')
    expect(await readNumbers(page)).toEqual(grossByGenre([studio]))
    const other = await context.newPage()
    await other.goto(`${portalUrl}/rest`)
    await other.locator('#answer').getByText('"subject": "acme|ada"').waitFor()
    expect(gateway.health()).toMatchObject({ sessions: 1, sockets: 1 })
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in as' }).waitFor()
    await other.getByRole('heading', { name: 'Sign in as' }).waitFor()
    expect(gateway.health()).toMatchObject({ sessions: 0, sockets: 0 })
    expect(await cookieNames(context, page)).toEqual([])

    await page.goto(`${portalUrl}/enigma`)
    await page.getByRole('button', { name: 'Björn Ågren' }).click()
    await page.getByText('Logged in to Qlik as Björn Ågren').waitFor()
    expect(await readNumbers(page)).toEqual(grossByGenre(['Paramount Pictures']))
  })

  it('shows who may not open the app that it is not shared with them', async () => {
    const { page } = await enter('/', 'Dana Novak')
    await page.locator('#failure').getByText('not shared').waitFor()
    await page.getByText('Logged in to Qlik as Dana Novak').waitFor()
  })

  it('says at the views of client-managed Qlik where they are', async () => {
    const { page } = await enter('/client-managed')
    await page.getByText('Client-managed Qlik is not behind this gateway').waitFor()
    const link = page.getByRole('link', { name: 'Open this view without the gateway' })
    expect(await link.getAttribute('href')).toMatch(/^http:\/\/localhost:\d+\/client-managed$/)
  })

  it('shows the script of a view for a gateway', async () => {
    const { page } = await enter('/rest')
    await page.locator('#code').getByText("mode: 'gateway'").waitFor()
    expect(await page.locator('#code').textContent()).toContain(`url: '${gatewayUrl}'`)
  })

  it.each(['light', 'dark'] as const)(
    'is accessible in %s, wide and narrow',
    async (colorScheme) => {
      const { page } = await enter('/')
      await page.emulateMedia({ colorScheme })
      await page.locator('#steps .is-done').nth(3).waitFor()
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 900 })
        expect(await axeViolations(page, qliksOwn)).toEqual([])
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        )
        expect(overflow).toBe(0)
      }
    },
  )
})
