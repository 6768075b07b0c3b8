// What hosts show in iframes: the tenant's own pages, drawn through the visitor's own session, and only
// where the tenant's policy lets them be framed.
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { collectComplaints, createColourCount, launchChromium, openContext } from './chromium.ts'
import { type HostPage, logIn, serveHostPage } from './qlik-pages.ts'
import { createTenant, type Tenant } from './stage.ts'

const ada = { subject: 'acme|ada', name: 'Ada Lovelace', groups: ['studio-warner'] }

let tenant: Tenant
let browser: Browser
let coloursOf: Awaited<ReturnType<typeof createColourCount>>
const contexts: BrowserContext[] = []
const hosts: HostPage[] = []

beforeAll(async () => {
  ;[tenant, browser] = await Promise.all([createTenant(), launchChromium()])
  coloursOf = await createColourCount(browser)
  // The pages are built when the first is asked for.
  await fetch(`${tenant.emulator.url}/qlik-embed/main.js`)
})

afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()))
  await Promise.all(hosts.splice(0).map((host) => host.close()))
})

afterAll(async () => {
  await browser?.close()
  await tenant?.close()
})

async function administer(method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(tenant.emulator.url + path, {
    method,
    headers: { authorization: `Bearer ${tenant.emulator.adminKey}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
  return answer.status === 204 ? undefined : await answer.json()
}

async function host(paths: readonly string[]): Promise<HostPage> {
  const frames = paths.map(
    (path, index) =>
      `<iframe title="Qlik ${index}" src="${tenant.emulator.url}${path}" width="800" height="500"></iframe>`,
  )
  const text = `<!doctype html><html lang="en"><title>Host</title><link rel="icon" href="data:,"><body>${frames.join('')}</body></html>`
  const page = await serveHostPage({ '/': { type: 'text/html', text } })
  hosts.push(page)
  return page
}

async function visit(user?: typeof ada): Promise<{ page: Page; complaints: string[] }> {
  const context = await openContext(browser, { viewport: { width: 900, height: 1100 } })
  contexts.push(context)
  if (user !== undefined) await context.addCookies(await logIn(tenant, user))
  const page = await context.newPage()
  return { page, complaints: collectComplaints(page) }
}

const frameOf = (page: Page, index: number) => page.frameLocator('iframe').nth(index)
const single = (query: string) => `/single/?appid=${tenant.appId}&${query}`

describe('an iframe of /single/', () => {
  it('is refused by the browser while no CSP entry names the host', async () => {
    const { origin } = await host([single('obj=movies-by-genre')])
    const { page, complaints } = await visit(ada)
    await page.goto(origin)
    await expect.poll(() => complaints.join('\n')).toMatch(/frame-ancestors 'self'/)
    expect(await frameOf(page, 0).locator('#canvas').count()).toBe(0)
  })

  it('is refused for an entry of another host or of another directive', async () => {
    const { origin } = await host([single('obj=movies-by-genre')])
    const other = { origin: 'https://portal.example', frameAncestors: true }
    const images = { origin, imgSrc: true }
    const entries = [
      await administer('POST', '/api/v1/csp-origins', other),
      await administer('POST', '/api/v1/csp-origins', images),
    ] as { id: string }[]
    const { page, complaints } = await visit(ada)
    await page.goto(origin)
    await expect
      .poll(() => complaints.join('\n'))
      .toMatch(/frame-ancestors 'self'.* portal\.example/)
    for (const { id } of entries) await administer('DELETE', `/api/v1/csp-origins/${id}`)
  })

  it('draws an object and a sheet of the same session once the host is listed', async () => {
    const { origin } = await host([
      single('obj=movies-by-genre&opt=ctxmenu,currsel'),
      single('sheet=movies-overview'),
    ])
    await administer('POST', '/api/v1/csp-origins', { origin, frameAncestors: true })
    const { page, complaints } = await visit(ada)
    await page.goto(origin)
    for (const index of [0, 1]) {
      const canvas = frameOf(page, index).locator('#canvas')
      await expect.poll(() => coloursOf(canvas)).toBeGreaterThan(20)
    }
    await frameOf(page, 1).getByRole('heading', { name: 'Overview' }).waitFor()

    // Somebody selects in another window of the same session: both frames follow.
    const canvas = frameOf(page, 0).locator('#canvas')
    const before = await canvas.screenshot()
    const window = await page.context().newPage()
    await window.goto(
      `${tenant.emulator.url}${single('obj=movies-gross&select=clearall&select=[Major Genre],Comedy')}`,
    )
    await window.locator('body[data-state=drawn]').waitFor()
    // A page in the background does not paint again.
    await page.bringToFront()
    await frameOf(page, 0).locator('#selections').getByText('Comedy').waitFor()
    await expect.poll(async () => before.equals(await canvas.screenshot())).toBe(false)
    expect(complaints).toEqual([])
  })

  it('leads to the login, which no frame may show, when nobody is logged in', async () => {
    const { origin } = await host([single('obj=movies-by-genre')])
    await administer('POST', '/api/v1/csp-origins', { origin, frameAncestors: true })
    const { page } = await visit()
    await page.goto(origin)
    const asked = await tenant.emulator.waitForRequest(({ path }) => path === '/login')
    expect(asked).toMatchObject({ status: 302, caller: 'nobody' })
  })
})

describe('the tenant’s own address of a sheet', () => {
  it('asks for the login and then shows the sheet, accessibly', async () => {
    const { page } = await visit()
    const address = `${tenant.emulator.url}/sense/app/${tenant.appId}/sheet/movies-overview/state/analysis`
    await page.goto(address)
    expect(new URL(page.url()).pathname).toBe('/login/sign-in')
    await page.context().addCookies(await logIn(tenant, ada))
    const complaints = collectComplaints(page)
    await page.goto(address)
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    await expect.poll(() => coloursOf(page.locator('#canvas'))).toBeGreaterThan(20)
    // What nebula.js draws is Qlik's; the page around it is ours.
    const ours = new AxeBuilder({ page }).exclude('#canvas').exclude('#selections')
    expect((await ours.analyze()).violations.map(({ id }) => id)).toEqual([])
    expect(complaints).toEqual([])
  })

  it.each([
    ['single/?obj=x', 'No app is named'],
    ['single/?appid=none&obj=x', 'This cannot be shown'],
    ['single/?appid=APP&obj=none', 'The app has no object none'],
  ])('says in words what is wrong with %s', async (path, words) => {
    const { page } = await visit(ada)
    await page.goto(`${tenant.emulator.url}/${path.replace('APP', tenant.appId)}`)
    await page.getByRole('alert').getByText(words).waitFor()
  })
})
