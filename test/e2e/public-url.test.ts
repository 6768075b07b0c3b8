// The emulator behind a proxy that ends TLS: what browsers know is the proxy's address alone.
import { randomUUID } from 'node:crypto'
import { createEmulator, createMoviesApp, type Emulator, moviesAppId } from 'jotgate-emulator'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { collectComplaints, launchChromium, openContext } from './chromium.ts'
import { createReverseProxy, type ReverseProxy } from './reverse-proxy.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser?.close())

const pages: Page[] = []
afterEach(async () => {
  await Promise.all(pages.splice(0).map((page) => page.context().close()))
})

async function open(address: string): Promise<{ page: Page; complaints: string[] }> {
  const context = await openContext(browser, { ignoreHTTPSErrors: true })
  const page = await context.newPage()
  pages.push(page)
  const complaints = collectComplaints(page)
  await page.goto(address)
  return { page, complaints }
}

describe.each(['keep', 'replace'] as const)('behind a proxy that will %s the Host', (host) => {
  let proxy: ReverseProxy
  let emulator: Emulator
  let publicUrl: string

  beforeAll(async () => {
    proxy = await createReverseProxy({ host })
    publicUrl = `https://qlik.localhost:${proxy.port}`
    emulator = await createEmulator({ apps: [await createMoviesApp()], publicUrl })
    proxy.passTo(emulator.port)
  })
  afterAll(async () => {
    await proxy?.close()
    await emulator?.close()
  })

  it('a person logs in, and the page opens the engine by wss', async () => {
    const { page, complaints } = await open(publicUrl)
    expect(new URL(page.url()).origin).toBe(publicUrl)
    await page.getByRole('button').first().click()
    await page.getByRole('heading', { name: 'Home' }).waitFor()
    expect(page.url()).toBe(`${publicUrl}/`)
    const seen = await page.evaluate(async (appId) => {
      const items = await (await fetch('/api/v1/items')).json()
      const answer = await fetch('/api/v1/csrf-token')
      const token = answer.headers.get('qlik-csrf-token') ?? ''
      const socket = new WebSocket(
        `wss://${location.host}/app/${appId}?qlik-csrf-token=${encodeURIComponent(token)}`,
      )
      const first = await new Promise((resolve) => {
        socket.onmessage = ({ data }) => resolve(JSON.parse(data).method)
        socket.onclose = ({ code }) => resolve(code)
      })
      return { link: items.links.self.href, first }
    }, moviesAppId)
    expect(seen).toEqual({ link: `${publicUrl}/api/v1/items`, first: 'OnConnected' })
    await page.getByRole('link', { name: 'Log out' }).click()
    await page.getByRole('heading', { name: 'Who are you?' }).waitFor()
    expect(complaints).toEqual([])
  })

  it.each([
    ['the public address', () => publicUrl],
    ['the address that it listens at', () => emulator.url],
  ])('the console works at %s: live, and with the key it changes things', async (_, address) => {
    const key = encodeURIComponent(emulator.adminKey)
    const { page, complaints } = await open(`${address()}/_emulator#key=${key}`)
    await page.getByRole('status').getByText('Live', { exact: true }).waitFor()
    const path = `/seen-${randomUUID()}`
    await (await fetch(`${emulator.url}${path}`)).text()
    await page.getByRole('button', { name: path }).waitFor()
    await page.goto(`${address()}/_emulator#/engine`)
    await page.getByRole('button', { name: 'Cut every open socket' }).click()
    await page.getByText('No socket was open.').waitFor()
    expect(complaints).toEqual([])
  })

  it('a page of another origin is refused', async () => {
    const request = (path: string) =>
      fetch(emulator.url + path, { headers: { origin: 'https://evil.example' } })
    for (const path of ['/_emulator/api/cloud/tenant', '/api/v1/items']) {
      const answer = await request(path)
      expect(answer.status, path).toBeGreaterThanOrEqual(400)
      expect(answer.headers.get('access-control-allow-origin')).toBeNull()
      await answer.text()
    }
  })
})
