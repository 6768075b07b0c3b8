// What the console shows of a tenant: live requests, the engine, the set-up, users and data.
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { axeViolations } from './chromium.ts'
import { ada, openConsole } from './console-visit.ts'

const { tenant, visit, postToken, endVisits, close } = await openConsole()
afterEach(endVisits)
afterAll(close)

describe('Requests', () => {
  it('shows a token that arrives, rule by rule, and why it was refused', async () => {
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

  it('can be used with the keyboard only', async () => {
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
  it('shows sockets, frames and errors as they arrive, and closes sockets', async () => {
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
    await form.getByRole('button', { name: 'Remove the line breaks' }).click()
    await form.getByRole('button', { name: 'Create' }).click()
    await page.getByText('Created. Sign tokens with these:').waitFor()
    expect(await page.getByText('(generated)').count()).toBe(2)
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

describe('Users and data', () => {
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
})
