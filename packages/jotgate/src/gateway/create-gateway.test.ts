import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Logger, pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createKeyPair, readSigningKey } from '../keys/index.ts'
import { cloud, type SigningKey } from '../token/index.ts'
import { createGateway } from './create-gateway.ts'
import type { Gateway } from './gateway.ts'
import { identifyByCallback } from './identify/callback.ts'
import type { GatewayOptions } from './options.ts'
import { memoryStore } from './store/memory-store.ts'

let folder: string
let key: SigningKey
const gateways: Gateway[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jotgate-gateway-'))
  key ??= await readSigningKey({
    pem: (await createKeyPair({ bits: 2048 })).privateKeyPem,
    kid: 'k',
  })
})
afterEach(async () => {
  for (const gateway of gateways.splice(0)) await gateway.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Lines that it has logged. */
function recordingLog(): { log: Logger; lines: string[] } {
  const lines: string[] = []
  return { lines, log: pino({}, { write: (line: string) => void lines.push(line) }) }
}

async function start(options: Partial<GatewayOptions> = {}): Promise<Gateway> {
  const gateway = await createGateway({
    publicUrl: 'http://qlik.acme.localhost:1',
    allowedOrigins: ['http://www.acme.localhost:2'],
    upstream: {
      deployment: cloud({ url: 'http://tenant.cloud.localhost:3', issuer: 'acme.example' }),
      key,
    },
    identify: identifyByCallback(() => undefined),
    store: memoryStore(),
    audit: {
      folder: join(folder, 'audit'),
      key: new Uint8Array(32).fill(1),
      writeHead: () => undefined,
    },
    log: pino({ level: 'silent' }),
    ...options,
  })
  gateways.push(gateway)
  return gateway
}

describe('a gateway', () => {
  it('is ready when store and audit log are, and not once it is closed', async () => {
    const gateway = await start()
    expect(gateway.health()).toEqual({
      ready: true,
      store: true,
      audit: true,
      sessions: 0,
      sockets: 0,
      nodes: [{ url: 'http://tenant.cloud.localhost:3', isUp: true, sessions: 0 }],
    })
    await gateway.close()
    expect(gateway.health().ready).toBe(false)
  })

  it('does not start without an audit log, and closes the store that it was given', async () => {
    writeFileSync(join(folder, 'file'), '')
    const store = memoryStore()
    const audit = { folder: join(folder, 'file'), key: new Uint8Array(32).fill(1) }
    await expect(start({ audit, store })).rejects.toMatchObject({ code: 'ERR_GATEWAY_AUDIT' })
    await expect(store.get('session', 'a')).rejects.toMatchObject({ code: 'ERR_GATEWAY_STORE' })
  })

  it.each([
    [{ publicUrl: 'https://qlik.acme.example/path' }, 'publicUrl'],
    [{ allowedOrigins: ['https://www.other.localhost'] }, 'allowedOrigins[0]'],
    [{ identify: [] }, 'identify'],
    [{ paths: { presets: ['everything'] } }, 'presets[0]'],
    [{ rates: { person: { perSecond: 0, burst: 1 } } }, 'rates.person.perSecond'],
    [{ rates: { address: { perSecond: 1, burst: Number.NaN } } }, 'rates.address.burst'],
    [{ session: { idleSeconds: 1 } }, 'idleSeconds'],
    [{ trustedProxies: ['::ffff:10.0.0.0/8'] }, 'trustedProxies'],
  ])('refuses %o by the name of the option', async (options, name) => {
    await expect(start(options as Partial<GatewayOptions>)).rejects.toMatchObject({
      code: 'ERR_GATEWAY_OPTION',
      message: expect.stringContaining(name),
    })
  })

  it('warns that with sameOrigin extensions run as the host application', async () => {
    const { log, lines } = recordingLog()
    await start({ log })
    expect(lines.join('')).not.toContain('extensions')
    await start({
      log,
      sameOrigin: true,
      audit: { folder: join(folder, 'two'), key: new Uint8Array(32) },
    })
    expect(lines.join('')).toContain('extensions of Qlik run as the host application')
  })
})
