// What the console provokes: faults, switches, and every documented error by a click.
import enigma from 'enigma.js'
import schema from 'enigma.js/schemas/12.2027.0.json' with { type: 'json' }
import { endSession, engineUrl, openSession, productFor } from 'jotgate/qlik'
import type { Locator } from 'playwright-core'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { WebSocket as NodeWebSocket } from 'ws'
import { ada, openConsole } from './console-visit.ts'

const { tenant, visit, endVisits, close } = await openConsole()
afterEach(endVisits)
afterAll(close)

/** What of enigma.js's mixed-in methods is used here; its own types know none of them. */
interface EngineGlobal {
  openDoc(appId: string): Promise<{ getAppLayout(): Promise<unknown> }>
}

describe('Faults and switches', () => {
  it('switches a fault on for the next requests, and shows how often it was applied', async () => {
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
    await page.getByText('No fault is on').waitFor()
  })

  it('refuses calls to the engine, as often as it was set', async () => {
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

  it('changes a switch, each of which says how certain its default is', async () => {
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
  it('produces every documented error with a click, and its text', async () => {
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
