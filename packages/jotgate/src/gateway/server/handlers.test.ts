import type { IncomingMessage, ServerResponse } from 'node:http'
import { PassThrough } from 'node:stream'
import { pino } from 'pino'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { gatewayErrors } from '../errors.ts'
import { readSite } from '../site.ts'
import { createSites } from '../sites/sites.ts'
import { readTrustedProxies } from './client-address.ts'
import { type Front, frontHost, startFront } from './front.fixture.ts'
import { createHandlers } from './handlers.ts'
import { createRateLimit } from './rate-limit.ts'
import { sendRaw } from './raw-client.fixture.ts'

const get = `GET / HTTP/1.1\r\nHost: ${frontHost}\r\nConnection: close\r\n`

const fronts: Front[] = []
async function start(options?: Parameters<typeof startFront>[0]): Promise<Front> {
  const front = await startFront(options)
  fronts.push(front)
  return front
}
afterEach(async () => {
  await Promise.all(fronts.splice(0).map((front) => front.close()))
})

describe('the handlers', () => {
  it('answer what the core throws, at every point', async () => {
    const core = {
      async handle(request: { path: string }, response: ServerResponse) {
        if (request.path === '/sync') throw gatewayErrors.ERR_GATEWAY_RATE({ retryAfterSeconds: 7 })
        if (request.path === '/begun') response.writeHead(200, { 'content-length': 9 }).write('a')
        await new Promise((resolve) => setImmediate(resolve))
        throw new Error('secret')
      },
    }
    const { port } = await start({ core })
    const from = (path: string) => sendRaw(port, get.replace('/ ', `${path} `).concat('\r\n'))
    expect(await from('/sync')).toMatch(/^HTTP\/1\.1 429 [\s\S]*retry-after: 7/)
    expect(await from('/async')).toMatch(/^HTTP\/1\.1 500 [\s\S]*ERR_GATEWAY_UNEXPECTED/)
    const begun = await from('/begun')
    expect(begun).toMatch(/^HTTP\/1\.1 200 /)
    expect(begun).not.toContain('500')
  })

  it('answer what the core throws for an upgrade', async () => {
    const { port } = await start({
      core: { upgrade: () => Promise.reject(gatewayErrors.ERR_GATEWAY_STORE({ problem: 'x' })) },
    })
    const head = `GET / HTTP/1.1\r\nHost: ${frontHost}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`
    expect(await sendRaw(port, head)).toMatch(/^HTTP\/1\.1 503 [\s\S]*ERR_GATEWAY_STORE/)
  })

  it('log what is the gateway’s own failure as one, and count only what was refused unread', async () => {
    const lines: { level: number; code?: string; err?: { message: string } }[] = []
    const refusals: string[] = []
    const log = pino({ level: 'debug' }, { write: (line) => lines.push(JSON.parse(line)) })
    const { port } = await start({
      handlers: { log, onRefused: ({ reason }) => refusals.push(reason) },
      core: {
        async handle({ path }) {
          if (path === '/refused') throw gatewayErrors.ERR_GATEWAY_RATE({ retryAfterSeconds: 7 })
          throw new Error('what went wrong')
        },
      },
    })
    const from = (path: string) => sendRaw(port, get.replace('/ ', `${path} `).concat('\r\n'))
    await from('/refused')
    await from('/broken')
    await from('//')
    expect(lines.map(({ level, code, err }) => [level, code ?? err?.message])).toEqual([
      [20, 'ERR_GATEWAY_RATE'],
      [50, 'what went wrong'],
      [20, 'ERR_GATEWAY_REQUEST'],
    ])
    expect(refusals).toEqual(['ERR_GATEWAY_REQUEST'])
  })

  it('limit what one address asks, by the address that trusted proxies say', async () => {
    const refusals: string[] = []
    const front = await start({
      handlers: {
        readAddress: readTrustedProxies('trustedProxies', ['127.0.0.1']).value?.readAddress,
        addressRate: createRateLimit({ burst: 2, perSecond: 0.1 }),
        onRefused: ({ address, reason }) => refusals.push(`${address} ${reason}`),
      },
    })
    const from = (address: string) =>
      sendRaw(front.port, `${get}X-Forwarded-For: 9.9.9.9, ${address}\r\n\r\n`)
    expect(await from('198.51.100.1')).toContain('taken')
    expect(await from('::ffff:198.51.100.1')).toContain('taken')
    expect(await from('198.51.100.1')).toMatch(/^HTTP\/1\.1 429 [\s\S]*retry-after: 10/)
    expect(await from('198.51.100.2')).toContain('taken')
    expect(refusals).toEqual(['198.51.100.1 ERR_GATEWAY_RATE'])
    expect(front.taken.map(({ address }) => address)).toEqual([
      '198.51.100.1',
      '198.51.100.1',
      '198.51.100.2',
    ])
  })

  it('leave to `next` what is not theirs', () => {
    const sites = createSites([readSite('https://qlik.acme.example', [])])
    const core = { handle: vi.fn(async () => {}), upgrade: vi.fn(async () => {}) }
    const owns = (_site: string, path: string) => path.startsWith('/.jotgate/')
    const isLeft = (handlers: ReturnType<typeof createHandlers>, host: string, url: string) => {
      const next = vi.fn()
      const incoming = {
        method: 'GET',
        httpVersion: '1.1',
        url,
        rawHeaders: ['hOST', host],
        socket: {},
        on() {},
      } as unknown as IncomingMessage
      const response = { on() {}, setHeader() {} } as unknown as ServerResponse
      handlers.handler(incoming, response, next)
      const socket = new PassThrough()
      const nextUpgrade = vi.fn()
      handlers.upgrade(incoming, socket, Buffer.alloc(0), nextUpgrade)
      expect(nextUpgrade.mock.calls.length).toBe(next.mock.calls.length)
      return next.mock.calls.length === 1
    }
    const sibling = createHandlers({ core, sites })
    expect(isLeft(sibling, 'www.acme.example', '/')).toBe(true)
    expect(isLeft(sibling, 'qlik.acme.example', '/')).toBe(false)
    const same = createHandlers({ core, sites, owns })
    expect(isLeft(same, 'qlik.acme.example', '/account')).toBe(true)
    expect(isLeft(same, 'qlik.acme.example', '/.jotgate/session?x')).toBe(false)
    expect(core.handle).toHaveBeenCalledTimes(2)
  })
})
