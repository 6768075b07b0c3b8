// The portal's views of client-managed Qlik, as `npm start` sets it up: each person is logged in to Qlik as themselves, by the
// cookie that jotgate got for a token, with no browser extension and no token in the page.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cloud, createSigner } from 'jotgate'
import {
  cloudTenant,
  createEmulators,
  createMoviesApp,
  moviesAppId,
  parseSectionAccess,
} from 'jotgate-emulator'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createPortal } from '../../examples/portal/server/index.ts'
import { buildPortalPages } from '../../scripts/pages/portal-pages.ts'
import {
  serverDeployment,
  serverForPortal,
  serverPrefix,
  setUpServer,
} from '../../scripts/start/server.ts'
import { provideSigningKey } from '../../scripts/start/signing-key.ts'
import { axeViolations, createColourCount, launchChromium } from './chromium.ts'
import { grossByGenre } from './films.ts'
import { findFreePort } from './free-port.ts'
import { readNumbers, visitAs } from './portal-visit.ts'

const root = new URL('../..', import.meta.url)
let stage: Awaited<ReturnType<typeof createStage>>
let browser: Browser
let coloursOf: Awaited<ReturnType<typeof createColourCount>>
const contexts: BrowserContext[] = []

async function createStage() {
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-portal-server-'))
  const { key, certificatePem } = await provideSigningKey(join(folder, 'keys'), 'server')
  const table = await readFile(new URL('examples/portal/movies-section-access.csv', root), 'utf8')
  const movies = await createMoviesApp({ sectionAccess: parseSectionAccess(table) })
  const port = await findFreePort()
  const portalUrl = `http://localhost:${port}`
  const emulators = await createEmulators({
    apps: [movies, { ...movies, id: 'premieres', name: 'Premieres' }],
    products: [serverForPortal({ port: 0 }), cloudTenant({ port: 0 })],
  })
  const { 'client-managed': server, cloud: tenant } = emulators.products
  const deployment = serverDeployment(server.url)
  await setUpServer({
    repositoryUrl: server.urls.qrs,
    certificates: emulators.certificates,
    deployment,
    certificatePem,
    origins: [portalUrl],
  })
  const issuer = 'portal.acme.example'
  const portal = await createPortal({
    port,
    qlik: { url: tenant.url, issuer, webIntegrationId: 'none', appId: moviesAppId },
    signer: createSigner({ deployment: cloud({ url: tenant.url, issuer }), key }),
    server: {
      place: { url: server.url, prefix: serverPrefix, appId: moviesAppId },
      signer: createSigner({ deployment, key }),
    },
    pageFolder: (await buildPortalPages()).folder,
  })
  return {
    portalUrl,
    server,
    emulators,
    /** Calls the control API of the console, as the administrator. */
    control: (method: string, path: string, body?: unknown) =>
      fetch(`${server.url}/_emulator/api/client-managed${path}`, {
        method,
        headers: { authorization: `Bearer ${emulators.adminKey}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    async close() {
      await portal.close()
      await emulators.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

beforeAll(async () => {
  ;[stage, browser] = await Promise.all([createStage(), launchChromium()])
  coloursOf = await createColourCount(browser)
  // The local Qlik builds its own pages when the first is asked for.
  await (await fetch(`${stage.server.url}/jwt/qlik-embed/main.js`)).text()
})

afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()))
})

afterAll(async () => {
  await browser?.close()
  await stage?.close()
})

async function visit(
  name: string,
  path: string,
  look: { width?: number; colorScheme?: 'light' | 'dark' } = {},
) {
  const url = stage.portalUrl + path
  const seen = await visitAs(browser, { url, name, ...look })
  contexts.push(seen.context)
  return seen
}

const people = [
  { name: 'Ada Lovelace', account: 'ACME\\ada', studio: 'Warner Bros.' },
  { name: 'Björn Ågren', account: 'ACME\\bjorn', studio: 'Paramount Pictures' },
]

const hubOf = (page: Page) => page.frameLocator('#hub-frame')

describe('the mashup', () => {
  it.each(people)(
    'shows $name their own films, by three clients on one session',
    async (person) => {
      const { page, complaints } = await visit(person.name, '/client-managed')
      await page.getByText(person.account).waitFor()
      await expect.poll(() => coloursOf(page.locator('#chart'))).toBeGreaterThan(20)
      const expected = grossByGenre([person.studio])
      expect(await readNumbers(page, '#api-frame')).toEqual(expected)
      const sessions = stage.server.state.sessions()
      expect(sessions.filter(({ userId }) => `ACME\\${userId}` === person.account)).toHaveLength(1)
      expect(complaints).toEqual([])
    },
  )

  it('has no token anywhere in the page, and signing out ends the session', async () => {
    const { page, context } = await visit('Ada Lovelace', '/client-managed')
    await page.getByText('ACME\\ada').waitFor()
    await expect.poll(() => coloursOf(page.locator('#chart'))).toBeGreaterThan(20)
    const kept = await page.evaluate(() => [
      document.documentElement.outerHTML,
      JSON.stringify({ ...localStorage, ...sessionStorage }),
      location.href,
      document.cookie,
    ])
    expect(kept.join('\n')).not.toMatch(/eyJ[\w-]+\.[\w-]+\./)
    const cookies = await context.cookies()
    expect(cookies.find(({ name }) => name.startsWith('X-Qlik-Session'))?.httpOnly).toBe(true)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Björn Ågren' }).waitFor()
    const left = stage.server.state.sessions().filter(({ userId }) => userId === 'ada')
    expect(left).toEqual([])
  })
})

describe('the hub in a frame', () => {
  it.each(people)('is that of $name, and opens their sheets', async ({ name, account }) => {
    const { page, complaints } = await visit(name, '/client-managed/hub')
    await hubOf(page).getByText(account).waitFor()
    await hubOf(page).getByRole('link', { name: 'Movies' }).click()
    await hubOf(page).getByRole('heading', { name: 'Overview' }).waitFor()
    await expect.poll(() => coloursOf(hubOf(page).locator('#canvas'))).toBeGreaterThan(20)
    expect(complaints).toEqual([])
  })

  it('lacks an app that a rule does not let somebody read', async () => {
    const { rules } = (await (await stage.control('GET', '/site')).json()) as {
      rules: { id: string; name: string }[]
    }
    const everything = rules.find(({ name }) => name === 'Stream')
    await stage.control('PATCH', `/rules/${everything?.id}`, { disabled: true })
    for (const [name, rule] of [
      ['Movies for all', 'resource.name = "Movies"'],
      [
        'Premieres for Warner',
        'resource.name = "Premieres" and user.environment.group = "studio-warner"',
      ],
    ])
      await stage.control('POST', '/rules', { name, rule, resourceFilter: 'App_*', actions: 2 })
    const links = async (name: string) => {
      const { page } = await visit(name, '/client-managed/hub')
      await hubOf(page).getByRole('link').first().waitFor()
      return hubOf(page).getByRole('link').allTextContents()
    }
    expect(await links('Ada Lovelace')).toEqual(['Movies', 'Premieres'])
    expect(await links('Björn Ågren')).toEqual(['Movies'])
    await stage.control('PATCH', `/rules/${everything?.id}`, { disabled: false })
  })
})

describe('each view', () => {
  it.each(
    ['/client-managed', '/client-managed/hub'].flatMap((path) => [
      [path, 1280, 'light'] as const,
      [path, 390, 'dark'] as const,
    ]),
  )('%s is accessible and fits %i pixels, %s', async (path, width, colorScheme) => {
    const { page } = await visit('Ada Lovelace', path, { width, colorScheme })
    await page.getByText('ACME\\ada').first().waitFor()
    expect(await axeViolations(page, ['#chart', '#selections', '#hub-frame'])).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      width,
    )
  })

  it('leads to the other product and back', async () => {
    const { page } = await visit('Ada Lovelace', '/client-managed')
    await page.getByRole('link', { name: 'Qlik Cloud' }).click()
    await page.waitForURL(`${stage.portalUrl}/`)
    await page.getByRole('link', { name: 'client-managed Qlik' }).click()
    await page.getByText('ACME\\ada').waitFor()
  })
})
