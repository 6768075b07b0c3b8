// The console as a developer uses it: live requests, forms, faults, switches and every documented error by a click.
import { createHash } from 'node:crypto'
import enigma from 'enigma.js'
import schema from 'enigma.js/schemas/12.2027.0.json' with { type: 'json' }
import { endSession, engineUrl, openSession, productFor } from 'jotgate/qlik'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket as NodeWebSocket } from 'ws'
import { axeViolations, collectComplaints, launchChromium, openContext } from './chromium.ts'
import { createTenant, type Tenant } from './stage.ts'

/** What each view shows once it has asked the emulator. */
const contentOf = {
  requests: '.rows li',
  engine: '.count',
  'set-up': 'main table',
  people: 'main table',
  data: 'main table',
  faults: '.switches li',
  errors: '.cards li',
} as const
const views = Object.keys(contentOf) as (keyof typeof contentOf)[]
const ada = { subject: 'ada', name: 'Ada', email: 'ada@acme.example', emailVerified: true }

let tenant: Tenant
let browser: Browser
const contexts: BrowserContext[] = []

beforeAll(async () => {
  ;[tenant, browser] = await Promise.all([createTenant(), launchChromium()])
})

afterEach(async () => {
  tenant.emulator.faults.clear()
  await Promise.all(contexts.splice(0).map((context) => context.close()))
})

afterAll(async () => {
  await browser?.close()
  await tenant?.close()
})

/** What of enigma.js's mixed-in methods is used here; its own types know none of them. */
interface EngineGlobal {
  openDoc(appId: string): Promise<{ getAppLayout(): Promise<unknown> }>
}

interface Visit {
  page: Page
  complaints: string[]
  /** Addresses of other origins that the page asked for. */
  foreign: string[]
}

/** Opens the console, with the key as the emulator prints it or without. */
async function visit(
  view: keyof typeof contentOf,
  options: { withKey?: boolean; colorScheme?: 'light' | 'dark'; width?: number } = {},
): Promise<Visit> {
  const { withKey = true, colorScheme = 'light', width = 1280 } = options
  const { url, consoleUrl } = tenant.emulator
  const context = await openContext(browser, { viewport: { width, height: 900 }, colorScheme })
  contexts.push(context)
  const page = await context.newPage()
  const complaints = collectComplaints(page)
  const foreign: string[] = []
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== url) foreign.push(request.url())
  })
  await page.goto(withKey ? consoleUrl : `${url}/_emulator`)
  await page.getByRole('status').getByText('Live', { exact: true }).waitFor()
  if (view !== 'requests') await page.goto(`${url}/_emulator#/${view}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  return { page, complaints, foreign }
}

async function postToken(token: string): Promise<Response> {
  return fetch(`${tenant.emulator.url}/login/jwt-session`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  })
}

/** A picture's digest, to see that two are not the same. */
async function digestOf(page: Page): Promise<string> {
  return createHash('sha256')
    .update(await page.screenshot())
    .digest('hex')
}

describe('the console', () => {
  it.each(['light', 'dark'] as const)('is accessible in %s, without complaints', async (scheme) => {
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

  it('takes the key out of the address and keeps it nowhere', async () => {
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

  it('looks without the key, and asks for it before the first change', async () => {
    const { page } = await visit('faults', { withKey: false })
    await page.getByRole('button', { name: 'A minute on' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Key').fill('wrong')
    await dialog.getByRole('button', { name: 'Give the key' }).click()
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

describe('Requests', () => {
  it('shows a token that comes, judged rule by rule, and why it was refused', async () => {
    const { page } = await visit('requests')
    const { token } = await tenant.signer.sign(ada)
    await (await postToken(token)).text()
    await page
      .getByRole('button', { name: /200.*jwt-session.*token ✓/ })
      .first()
      .click()
    const detail = page.getByRole('region', { name: 'The chosen request' })
    await detail.getByRole('cell', { name: /eas\.sid$/ }).waitFor()
    expect(await detail.getByRole('row', { name: /passed/ }).count()).toBeGreaterThan(10)
    expect(await detail.getByRole('row', { name: /eas\.sid\.sig.*HttpOnly/ }).count()).toBe(1)

    // Others may have been refused before: the new one stands above them.
    const refused = page.getByRole('button', { name: /401.*jwt-session.*token ✕/ })
    const before = await refused.count()
    await (await postToken(token)).text()
    await refused.nth(before).waitFor()
    await refused.first().click()
    await detail.getByRole('row', { name: /once.*refused.*jti was used before/ }).waitFor()
    await detail.getByText('Make a new token with a new jti for each log-in').waitFor()
    const [, , signature = 'no signature'] = token.split('.')
    expect(await page.content()).not.toContain(signature)
  })

  it('is gone through by keyboard alone', async () => {
    for (let round = 0; round < 3; round += 1)
      await (await fetch(`${tenant.emulator.url}/api/v1/keyboard-${round}`)).text()
    const { page } = await visit('requests')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByLabel('Path contains').fill('keyboard-')
    const rows = page.getByRole('list', { name: 'Requests, newest first' }).getByRole('button')
    await rows.first().focus()
    await page.keyboard.press('ArrowDown')
    await page.getByRole('heading', { name: 'GET /api/v1/keyboard-1' }).waitFor()
    await page.keyboard.press('ArrowUp')
    await page.getByRole('heading', { name: 'GET /api/v1/keyboard-2' }).waitFor()
  })
})

describe('Engine', () => {
  it('shows sockets, frames and errors as they come, and cuts sockets', async () => {
    const { page } = await visit('engine')
    const url = `ws://localhost:${tenant.emulator.port}/app/${tenant.appId}`
    const closed = page.evaluate(async (address) => {
      // The page has no session: the tenant refuses it before the engine sees a frame.
      const socket = new WebSocket(address)
      return new Promise<number>((resolve) => {
        socket.addEventListener('close', ({ code }) => resolve(code))
      })
    }, url)
    expect(await closed).toBe(1006)

    // Of the tenant's own origin, the page keeps its cookies as any page of the tenant would.
    const token = (await tenant.signer.sign(ada)).token
    await page.evaluate(
      async ([address, text]) => {
        const headers = { authorization: `Bearer ${text}` }
        await fetch('/login/jwt-session', { method: 'POST', headers })
        const csrf = await fetch('/api/v1/csrf-token')
        const socket = new WebSocket(
          `${address}?qlik-csrf-token=${csrf.headers.get('qlik-csrf-token')}`,
        )
        await new Promise((resolve) => socket.addEventListener('message', resolve, { once: true }))
        const frame = { jsonrpc: '2.0', id: 1, handle: -1, method: 'Nonsense', params: [] }
        socket.send(JSON.stringify(frame))
        socket.addEventListener('close', ({ code }) => {
          document.body.dataset.closed = String(code)
        })
      },
      [url, token] as const,
    )
    const frames = page.getByRole('list', { name: 'Frames, newest first' })
    await frames.getByText('OnConnected').waitFor()
    await frames.getByText(/Method not found/).click()
    await frames.getByText('"code": -32601').waitFor()
    await page.getByLabel('Cut with').selectOption({ label: '4205 too many requests' })
    await page.getByRole('button', { name: 'Cut every open socket' }).click()
    await page.locator('body[data-closed="4205"]').waitFor()
    await page.getByText('0 of 1 sockets open').waitFor()
  })
})

describe('Set-up', () => {
  it('has the traps of the real forms', async () => {
    const { page } = await visit('set-up')
    await page.getByText('New identity provider', { exact: true }).click()
    const form = page.getByRole('form', { name: 'New JWT identity provider' })
    const certificate = form.getByLabel('Certificate')
    const { certificateLine } = tenant
    const lines = certificateLine.replace('-----M', '-----\nM').replace('-----END', '\n-----END')
    await certificate.fill(lines)
    await form.getByRole('button', { name: 'Create' }).click()
    await form
      .getByText('carriage returns, or line feeds triggers an error upon saving the configuration')
      .waitFor()
    expect(await certificate.getAttribute('aria-invalid')).toBe('true')
    expect(await axeViolations(page)).toEqual([])
    await form.getByRole('button', { name: 'Take the line breaks out' }).click()
    await form.getByRole('button', { name: 'Create' }).click()
    await page.getByText('Created. Sign tokens with these:').waitFor()
    expect(await page.getByText('(made up)').count()).toBe(2)
    expect(tenant.emulator.state.identityProviders()).toHaveLength(2)

    await page.getByText('New web integration', { exact: true }).click()
    const integration = page.getByRole('form', { name: 'New web integration' })
    await integration.getByLabel('Name').fill('Shop')
    await integration.getByLabel('Origins').fill('http://localhost:3000/')
    await integration.getByRole('button', { name: 'Create' }).click()
    await integration.getByText('without path or trailing slash').waitFor()
    await integration.getByLabel('Origins').fill('http://localhost:3000')
    await integration.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('cell', { name: 'http://localhost:3000' }).waitFor()
    await page.getByRole('button', { name: 'Delete Shop' }).click()
    await page.getByRole('cell', { name: 'Shop', exact: true }).waitFor({ state: 'detached' })
  })
})

describe('Users, data, faults and switches', () => {
  it('ends a session', async () => {
    await (await postToken((await tenant.signer.sign(ada)).token)).text()
    const { page } = await visit('people')
    await page.getByRole('cell', { name: 'ada@acme.example' }).waitFor()
    await page.getByRole('button', { name: 'End all sessions of Ada' }).click()
    await page.getByText('Nobody is logged in.').waitFor()
    expect(tenant.emulator.state.sessions()).toEqual([])
  })

  it('shows the data', async () => {
    const { page } = await visit('data')
    await page.getByText('3,201 rows').waitFor()
    expect(await page.getByRole('region', { name: 'First rows' }).getByRole('row').count()).toBe(51)
  })

  it('switches a fault on for the next requests, and shows how often it struck', async () => {
    const { page } = await visit('faults')
    const form = page.getByRole('form', { name: 'New fault' })
    await form.getByLabel('What happens').selectOption('Answer 429')
    await form.getByLabel('How many requests').fill('2')
    await form.getByRole('button', { name: 'Switch it on' }).click()
    await page.getByRole('cell', { name: '0 of 2' }).waitFor()
    const statuses: number[] = []
    for (let round = 0; round < 3; round += 1) {
      const response = await fetch(`${tenant.emulator.url}/api/v1/users/me`)
      statuses.push(response.status)
      await response.text()
    }
    expect(statuses).toEqual([429, 429, 401])
    await page.getByRole('cell', { name: '2 of 2' }).waitFor()
    await page.getByRole('button', { name: /^Off:/ }).click()
    await page.getByText('None is on').waitFor()
  })

  it('refuses calls of the engine, as often as it is told to', async () => {
    const { page } = await visit('faults')
    const form = page.getByRole('form', { name: 'New fault' })
    const onlyCall = form.getByLabel('Only the call, such as GetLayout')
    expect(await onlyCall.isVisible()).toBe(false)
    await form.getByLabel('What happens').selectOption('Refuse engine calls')
    expect(await form.getByLabel('Error code').inputValue()).toBe('15')
    await onlyCall.fill('GetAppLayout')
    await form.getByLabel('How many requests').fill('1')
    await form.getByRole('button', { name: 'Switch it on' }).click()
    await page.getByRole('cell', { name: '0 of 1' }).waitFor()
    const { deployment, signer, appId } = tenant
    const { token } = await signer.sign({ ...ada, groups: ['studio-warner'] })
    const qlik = await openSession({ deployment, token })
    const { headers } = productFor(deployment).authorizeUpgrade(qlik)
    const session = enigma.create({
      schema,
      url: engineUrl({ session: qlik, appId }),
      createSocket: (url) => new NodeWebSocket(url, { headers }) as unknown as WebSocket,
    })
    const global = (await session.open()) as unknown as EngineGlobal
    const doc = await global.openDoc(appId)
    await expect(doc.getAppLayout()).rejects.toMatchObject({ code: 15 })
    expect(await doc.getAppLayout()).toMatchObject({ qTitle: 'Movies' })
    await session.close()
    await endSession({ session: qlik })
    await page.getByRole('cell', { name: '1 of 1' }).waitFor()
  })

  it('turns a switch, each of which says how sure its default is', async () => {
    const { page } = await visit('faults')
    await page.getByLabel('Find').fill('usersMeStatus')
    const row: Locator = page.getByRole('listitem').filter({ hasText: 'usersMeStatus' })
    await row.getByText('documented', { exact: true }).waitFor()
    await row.getByText('qlik.dev').waitFor()
    await row.getByRole('combobox').selectOption('200')
    await page.getByText('usersMeStatus is 200.').waitFor()
    expect(tenant.emulator.switches.get().usersMeStatus).toBe(200)
    tenant.emulator.switches.set({ usersMeStatus: 301 })
    await page.waitForFunction(() => {
      const select = document.querySelector<HTMLSelectElement>('#switch-usersMeStatus')
      return select?.selectedOptions[0]?.textContent === '301'
    })
  })
})

describe('Errors', () => {
  it('produces every documented error by a click, with its text', async () => {
    const { page, complaints } = await visit('errors')
    const answer = await fetch(`${tenant.emulator.url}/_emulator/api/errors`)
    const { errors, closes } = (await answer.json()) as {
      errors: { id: string; status: number; title: string; detail?: string }[]
      closes: { id: string; closeCode: number; text: string }[]
    }
    expect(errors.length).toBeGreaterThan(15)
    expect(closes.length).toBeGreaterThan(15)
    for (const { id, status, title, detail } of errors) {
      const result = page.locator(`[data-error="${id}"]`)
      await page
        .locator('.card', { has: result })
        .getByRole('button', { name: /^Show it/ })
        .click()
      await result.getByText(String(status), { exact: true }).waitFor()
      expect(await result.textContent(), id).toContain(JSON.stringify(detail ?? title).slice(1, -1))
    }
    for (const { id, closeCode, text } of closes) {
      const result = page.locator(`[data-error="${id}"]`)
      await page
        .locator('.card', { has: result })
        .getByRole('button', { name: /^Show it/ })
        .click()
      await result.getByText(String(closeCode), { exact: true }).waitFor()
      expect(await result.textContent(), id).toContain(text)
    }
    expect(complaints).toEqual([])
  })

  it('gives one to the next request of somebody else', async () => {
    const { page } = await visit('errors')
    await page.getByRole('button', { name: /^Give it to the next request: AUTH-5/ }).click()
    await page.getByText('is answered so, once').waitFor()
    const response = await fetch(`${tenant.emulator.url}/login`, { redirect: 'manual' })
    expect(response.status).toBe(403)
    expect(await response.text()).toContain('User is not a member of tenant')
  })
})
