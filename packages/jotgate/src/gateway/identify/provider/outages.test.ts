// G-F6: what happens while a provider is away, slow, too large, elsewhere or flapping.

import type { RequestListener } from 'node:http'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { isJotgateError } from '../../../errors/index.ts'
import { loginWith, publicUrl, testNow } from '../issuer.fixture.ts'
import type { IssuerEvent } from '../keys/trusted-keys.ts'
import { startProvider } from './provider.fixture.ts'
import { identifyByProvider } from './provider.ts'

const json = { 'content-type': 'application/json' }

async function start() {
  const provider = await startProvider()
  const time = { ms: 0 }
  const events: IssuerEvent[] = []
  const identifier = identifyByProvider({ issuer: provider.issuer, audience: 'qlik' })({
    publicUrl,
    clock: () => testNow * 1000,
    monotonicClock: () => time.ms,
    onEvent: (event) => events.push(event),
  })
  const claims = { sub: '42', aud: 'qlik', iat: testNow, exp: testNow + 3600 }
  return {
    provider,
    events,
    prepare: () => identifier.prepare?.(),
    pass: (seconds: number) => {
      time.ms += seconds * 1000
    },
    sign: (header?: Record<string, unknown>) => provider.sign(claims, header),
    /** The status of the answer; 200 when it is accepted. */
    async statusOf(token: string): Promise<number> {
      try {
        await identifier.identify(loginWith(token))
        return 200
      } catch (error) {
        if (isJotgateError(error)) return error.status
        throw error
      }
    },
  }
}

const faults: readonly [string, RequestListener][] = [
  ['broken', (_, response) => response.writeHead(500).end()],
  ['a page', (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>')],
  ['not JSON', (_, response) => response.writeHead(200, json).end('{"keys":')],
  ['cut off', (_, response) => response.writeHead(200, json).write('{', () => response.destroy())],
  ['too large', (_, response) => response.writeHead(200, json).end('x'.repeat(1_000_000))],
  [
    'too large when unpacked',
    (_, response) =>
      response
        .writeHead(200, { ...json, 'content-encoding': 'gzip' })
        .end(gzipSync(Buffer.alloc(100_000_000, ' '))),
  ],
  [
    'a redirect',
    (request, response) => response.writeHead(302, { location: `${request.url}?elsewhere` }).end(),
  ],
]

describe('G-F6: a provider', () => {
  it.each(faults)(
    'that is %s at the start lets nobody in, and is used when it recovers',
    async (_, fault) => {
      const { provider, statusOf, prepare, sign, pass, events } = await start()
      provider.answer = fault
      await prepare()
      const token = await sign()
      expect(await statusOf(token)).toBe(503)
      expect(await statusOf(token)).toBe(503)
      expect(provider.requests).toEqual({ discovery: 1, keys: 0 })
      expect(events).toEqual([
        expect.objectContaining({ type: 'issuer-failed', about: 'discovery' }),
      ])
      provider.answer = undefined
      pass(30)
      expect(await statusOf(token)).toBe(200)
    },
  )

  it.each(faults)(
    'that is %s later is bridged for an hour, and then nobody is let in',
    async (_, fault) => {
      const { provider, statusOf, sign, pass } = await start()
      const token = await sign()
      expect(await statusOf(token)).toBe(200)
      provider.answer = fault
      pass(3500)
      expect(await statusOf(token)).toBe(200)
      // A key that nobody knows yet cannot be looked up: not known is not refused.
      await provider.rotate('2026-02')
      expect(await statusOf(await sign())).toBe(503)
      pass(101)
      expect(await statusOf(token)).toBe(503)
      provider.answer = undefined
      pass(30)
      expect(await statusOf(token)).toBe(200)
      expect(await statusOf(await sign())).toBe(200)
    },
  )

  it('that flaps lets the right ones in throughout', async () => {
    const { provider, statusOf, sign, pass } = await start()
    const token = await sign()
    expect(await statusOf(token)).toBe(200)
    const [fault] = faults.map(([, one]) => one)
    for (let round = 0; round < 40; round += 1) {
      provider.answer = round % 2 === 0 ? fault : undefined
      pass(400)
      expect(await statusOf(token)).toBe(200)
    }
  })

  it('is asked once in 30 seconds for 10,000 invented key IDs', async () => {
    const { provider, statusOf, sign, pass } = await start()
    expect(await statusOf(await sign())).toBe(200)
    pass(30)
    const [, claims, signature] = (await sign()).split('.')
    const tokens = Array.from({ length: 10_000 }, (_, at) => {
      const header = { alg: 'RS256', typ: 'JWT', kid: `invented-${at}` }
      return `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${claims}.${signature}`
    })
    const statuses = await Promise.all(tokens.map(statusOf))
    expect(new Set(statuses)).toEqual(new Set([401]))
    expect(provider.requests).toEqual({ discovery: 1, keys: 2 })
  })

  it('is asked once when many log in at once', async () => {
    const { provider, statusOf, sign } = await start()
    const token = await sign()
    const statuses = await Promise.all(Array.from({ length: 200 }, () => statusOf(token)))
    expect(new Set(statuses)).toEqual(new Set([200]))
    expect(provider.requests).toEqual({ discovery: 1, keys: 1 })
  })

  it('may publish its keys elsewhere later', async () => {
    const { provider, statusOf, sign, pass } = await start()
    expect(await statusOf(await sign())).toBe(200)
    const other = await startProvider()
    provider.description = { jwks_uri: `${other.issuer}/keys` }
    provider.keys = other.keys
    pass(3600)
    expect(await statusOf(await sign())).toBe(200)
    expect(other.requests.keys).toBe(1)
  })

  it('whose keys are damaged lets nobody in by them', async () => {
    const { provider, statusOf, sign } = await start()
    const token = await sign()
    const { issuer } = provider
    const answers: Record<string, unknown> = {
      '/.well-known/openid-configuration': { issuer, jwks_uri: `${issuer}/keys` },
      '/keys': { keys: [{ kty: 'RSA', kid: '2026-01', n: 'AQAB', e: 'AQAB' }] },
    }
    provider.answer = (request, response) =>
      response.writeHead(200, json).end(JSON.stringify(answers[request.url ?? '']))
    expect(await statusOf(token)).toBe(401)
  })
})
