// A person is logged in at the gateway, and opens other pages in the same browser: one of another site, and one of the
// same site that is not listed, whose requests bring the gateway's cookie.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from './chromium.ts'
import { createGatewayStage, type GatewayStage } from './gateway-stage.ts'

let stage: GatewayStage
let browser: Browser
let server: Server
let context: BrowserContext
let hostPage: Page

beforeAll(async () => {
  browser = await launchChromium()
  stage = await createGatewayStage({ browser })
  server = createServer((_request, response) =>
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>Other</title>'),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  context = await stage.openBrowser()
  hostPage = await stage.openTab(context)
  const status = await hostPage.evaluate(async (gatewayUrl) => {
    const assertion = await (await fetch('/assertion', { method: 'POST' })).text()
    const headers = { authorization: `Bearer ${assertion}` }
    const login = { method: 'POST', headers, credentials: 'include' } as const
    return (await fetch(`${gatewayUrl}/.jotgate/login`, login)).status
  }, stage.gatewayUrl)
  expect(status).toBe(200)
})

afterAll(async () => {
  await context?.close()
  await browser?.close()
  server?.closeAllConnections()
  server?.close()
  await stage?.close()
})

const portOf = () => (server.address() as AddressInfo).port

/** What the host application's own page gets. */
const askAsPerson = () =>
  hostPage.evaluate(async (gatewayUrl) => {
    const answer = await fetch(`${gatewayUrl}/api/v1/users/me`, { credentials: 'include' })
    return {
      status: answer.status,
      subject: ((await answer.json()) as { subject?: string }).subject,
    }
  }, stage.gatewayUrl)

/** What such a page can try without a person's help. Each gives what the page learned. */
function attack(page: Page) {
  return page.evaluate(
    async ({ gatewayUrl, appId }) => {
      const tried: Record<string, string> = {}
      const attempt = async (name: string, work: () => Promise<unknown>) => {
        try {
          tried[name] = String(await work())
        } catch {
          tried[name] = 'nothing'
        }
      }
      const loaded = (element: HTMLElement) =>
        new Promise((resolve) => {
          element.addEventListener('load', () => resolve('loaded'))
          element.addEventListener('error', () => resolve('nothing'))
          document.body.append(element)
        })
      const image = (path: string) => loaded(Object.assign(new Image(), { src: gatewayUrl + path }))
      const call = async (path: string, options: RequestInit) => {
        const answer = await fetch(gatewayUrl + path, { credentials: 'include', ...options })
        return answer.type === 'opaque' ? 'nothing' : answer.text()
      }
      /** Into a frame, so that the page stays. */
      const form = (path: string) => {
        const frame = Object.assign(document.createElement('iframe'), { name: `f${Math.random()}` })
        const made = Object.assign(document.createElement('form'), {
          action: gatewayUrl + path,
          method: 'POST',
          target: frame.name,
          enctype: 'text/plain',
        })
        made.innerHTML = '<input name=\'{"a":"\' value=\'"}\'>'
        document.body.append(made)
        const done = loaded(frame)
        made.submit()
        return done.then(() => 'nothing')
      }
      const write = { method: 'POST', body: '{"a":1}' }
      await attempt('form', () => form('/api/v1/reports'))
      await attempt('log-out by form', () => form('/.jotgate/logout'))
      await attempt('log-in by form', () => form('/.jotgate/login'))
      await attempt('log-out by image', () => image('/logout'))
      await attempt('log-out by image, own path', () => image('/.jotgate/logout'))
      await attempt('write', () => call('/api/v1/reports', write))
      await attempt('opaque write', () => call('/api/v1/reports', { ...write, mode: 'no-cors' }))
      await attempt('beacon', async () => {
        navigator.sendBeacon(`${gatewayUrl}/api/v1/reports`, '{}')
        return 'nothing'
      })
      await attempt('read', () => call('/api/v1/users/me', {}))
      await attempt('session', () => call('/.jotgate/session', {}))
      await attempt('CSRF token', () => call('/api/v1/csrf-token', {}))
      await attempt(
        'socket',
        () =>
          new Promise((resolve) => {
            const socket = new WebSocket(`${gatewayUrl.replace('http', 'ws')}/app/${appId}`)
            socket.addEventListener('open', () => resolve('opened'))
            socket.addEventListener('error', () => resolve('nothing'))
          }),
      )
      return tried
    },
    { gatewayUrl: stage.gatewayUrl, appId: stage.tenant.appId },
  )
}

/** What reached Qlik since the last look, as the person. */
function createLook() {
  let seen = stage.tenant.emulator.requests.length
  return () => {
    const since = stage.tenant.emulator.requests.slice(seen)
    seen = stage.tenant.emulator.requests.length
    return since.map(({ method, path, caller }) => `${method} ${path} ${caller}`)
  }
}

describe.each([
  ['of another site', 'www.evil.localhost'],
  ['of the same site that is not listed', 'other.acme.localhost'],
])('a page %s', (_, name) => {
  it('learns nothing, changes nothing and logs nobody out (T-C16, G-S9)', async () => {
    expect(await askAsPerson()).toEqual({ status: 200, subject: 'acme|ada' })
    const look = createLook()
    const page = await context.newPage()
    await page.goto(`http://${name}:${portOf()}/`)
    const tried = await attack(page)
    expect(Object.keys(tried)).toHaveLength(12)
    expect(new Set(Object.values(tried)), JSON.stringify(tried)).toEqual(new Set(['nothing']))
    expect(look()).toEqual([])
    expect(await askAsPerson()).toEqual({ status: 200, subject: 'acme|ada' })
    expect(stage.logins()).toBe(1)
    await page.close()
  })
})

it('a frame or an image of another site shows nothing of the person’s (T-C16)', async () => {
  const look = createLook()
  const page = await context.newPage()
  await page.goto(`http://www.evil.localhost:${portOf()}/`)
  const { gatewayUrl, tenant } = stage
  const image = await page.evaluate(
    async (urls) => {
      const loaded = (element: HTMLElement) =>
        new Promise((resolve) => {
          element.addEventListener('load', () => resolve('loaded'))
          element.addEventListener('error', () => resolve('nothing'))
          document.body.append(element)
        })
      const shown = await loaded(Object.assign(new Image(), { src: urls[1] }))
      for (const src of urls) await loaded(Object.assign(document.createElement('iframe'), { src }))
      return shown
    },
    [
      `${gatewayUrl}/single/?appid=${tenant.appId}&obj=movies-by-genre`,
      `${gatewayUrl}/api/v1/users/me`,
    ],
  )
  expect(image).toBe('nothing')
  expect(look()).toEqual([])
  await page.close()
})

it('a page in an operator’s browser ends nobody’s session, and sees none (T-C08)', async () => {
  const bearer = 'b'.repeat(43)
  const { at } = await stage.gateway.listenAdmin({ bearer })
  const before = stage.gateway.health().sessions
  const page = await context.newPage()
  await page.goto(`http://www.evil.localhost:${portOf()}/`)
  const tried = await page.evaluate(
    async ({ at, bearer }) => {
      const ask = (path: string, options: RequestInit) =>
        fetch(at + path, options).then(
          (answer) => (answer.type === 'opaque' ? 'nothing' : answer.text()),
          () => 'nothing',
        )
      const authorized = { headers: { authorization: `Bearer ${bearer}` } }
      const shown = await new Promise((resolve) => {
        const image = Object.assign(new Image(), { src: `${at}/sessions` })
        image.addEventListener('load', () => resolve('loaded'))
        image.addEventListener('error', () => resolve('nothing'))
      })
      return [
        shown,
        await ask('/sessions', {}),
        await ask('/sessions', { mode: 'no-cors' }),
        await ask('/sessions', authorized),
        await ask('/sessions?all=yes', { method: 'DELETE' }),
        await ask('/sessions?all=yes', { method: 'DELETE', ...authorized }),
        await ask('/sessions?all=yes', { method: 'POST', mode: 'no-cors' }),
      ]
    },
    { at, bearer },
  )
  expect(new Set(tried)).toEqual(new Set(['nothing']))
  // The same request is answered to a program.
  const answer = await page.context().request.get(`${at}/ready`, {
    headers: { authorization: `Bearer ${bearer}` },
  })
  expect(answer.status()).toBe(200)
  expect(stage.gateway.health().sessions).toBe(before)
  expect(await askAsPerson()).toMatchObject({ status: 200 })
  await page.close()
})

it('a page of another site gets nobody a session (T-C16)', async () => {
  const look = createLook()
  const before = stage.gateway.health().sessions
  const other = await stage.openBrowser()
  const page = await other.newPage()
  await page.goto(`http://www.evil.localhost:${portOf()}/`)
  const tried = await attack(page)
  expect(new Set(Object.values(tried)), JSON.stringify(tried)).toEqual(new Set(['nothing']))
  expect(look()).toEqual([])
  expect(stage.gateway.health().sessions).toBe(before)
  expect(await other.cookies()).toEqual([])
  await other.close()
})

it('a link of another site opens a page of Qlik, and does not log out (T-C16)', async () => {
  const look = createLook()
  const page = await context.newPage()
  const follow = async (path: string) => {
    await page.goto(`http://www.evil.localhost:${portOf()}/`)
    const answered = page.waitForResponse((answer) => answer.url().startsWith(stage.gatewayUrl))
    await page.evaluate((url) => location.assign(url), stage.gatewayUrl + path)
    await page.waitForURL(stage.gatewayUrl + path.replace('/me', '/**'))
    return (await answered).status()
  }
  expect(await follow('/logout')).toBe(403)
  expect(await follow('/api/v1/users/me')).toBeLessThan(400)
  expect(look().every((one) => one.startsWith('GET /api/v1/users/'))).toBe(true)
  expect(await askAsPerson()).toMatchObject({ status: 200 })
  await page.close()
})
