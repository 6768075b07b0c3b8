import { get as getByHttps } from 'node:https'
import { afterAll, test as base, describe, expect } from 'vitest'
import { WebSocket } from 'ws'
import { createEmulator, type Emulator } from '../index.ts'
import { emulatorFixture, forbidRealTenants } from './index.ts'

const seen: Emulator[] = []
const seed = await createEmulator({ apps: [] })
const headers = { authorization: `Bearer ${seed.adminKey}` }
const body = JSON.stringify({ name: 'shop', validOrigins: ['https://shop.example'] })
await fetch(`${seed.url}/api/v1/web-integrations`, { method: 'POST', headers, body })
const state = seed.state.export()
await seed.close()

const test = base.extend(emulatorFixture({ apps: [], state }))

describe('the fixture', () => {
  test('gives a test an emulator with the state that was asked for', async ({ emulator }) => {
    seen.push(emulator)
    expect(emulator.state.webIntegrations()).toMatchObject([{ name: 'shop' }])
    expect((await fetch(`${emulator.url}/_emulator`)).status).toBe(200)
    emulator.state.import({ ...emulator.state.export(), webIntegrations: [] })
  })

  test('gives the next test another one, with the same state', ({ emulator }) => {
    expect(emulator).not.toBe(seen[0])
    seen.push(emulator)
    expect(emulator.state.webIntegrations()).toMatchObject([{ name: 'shop' }])
  })

  test.fails('fails a test that tries to reach a tenant, though it catches the error', async ({
    emulator,
  }) => {
    seen.push(emulator)
    await fetch('https://acme.eu.qlikcloud.com/api/v1/users/me').catch(() => undefined)
  })

  afterAll(async () => {
    expect(seen).toHaveLength(3)
    for (const { url } of seen) await expect(fetch(url)).rejects.toThrow('fetch failed')
  })
})

describe('the guard', () => {
  const address = 'https://acme.eu.qlikcloud.com/api/v1/users/me'

  base.each<[string, () => Promise<unknown>]>([
    ['fetch', () => fetch(address)],
    [
      'node:https',
      () => new Promise((resolve, reject) => getByHttps(address, resolve).on('error', reject)),
    ],
    [
      'a web socket',
      () =>
        new Promise((resolve, reject) => {
          const socket = new WebSocket('wss://acme.eu.qlikcloud.com/app/1')
          socket.on('open', resolve)
          socket.on('error', reject)
        }),
    ],
    ['an address of another machine', () => fetch('http://192.0.2.1/')],
  ])('refuses %s before a connection is made', async (_, reach) => {
    const guard = forbidRealTenants()
    const failure = await reach().catch((error: Error) => error)
    const cause = (failure as { cause?: unknown }).cause ?? failure
    expect(cause).toMatchObject({ code: 'ERR_EMULATOR_REAL_TENANT' })
    expect(guard.attempts).toHaveLength(1)
    expect(() => guard.end()).toThrow(
      expect.objectContaining({ message: `The test tried to reach ${guard.attempts[0]}` }),
    )
  })

  base('lets this machine be reached, and what is allowed', async () => {
    const emulator = await createEmulator({ apps: [] })
    // This machine too, but by an address that the guard does not know for one.
    const elsewhere = `http://0.0.0.0:${emulator.port}/_emulator`
    const guard = forbidRealTenants({ allow: ['0.0.0.0'] })
    for (const host of ['localhost', '127.0.0.1'])
      expect((await fetch(`http://${host}:${emulator.port}/_emulator`)).status).toBe(200)
    expect((await fetch(elsewhere)).status).toBe(401)
    guard.end()
    await emulator.close()
  })

  base('ends: afterwards nothing is refused for it, while another guard goes on', async () => {
    const emulator = await createEmulator({ apps: [] })
    // Each has a connection of its own: one that is kept open would not be made again.
    const reach = () =>
      fetch(`http://0.0.0.0:${emulator.port}/_emulator`, { headers: { connection: 'close' } })
    const [one, two] = [forbidRealTenants(), forbidRealTenants({ allow: ['0.0.0.0'] })]
    two.end()
    await expect(reach()).rejects.toMatchObject({ cause: { code: 'ERR_EMULATOR_REAL_TENANT' } })
    expect(() => one.end()).toThrow('0.0.0.0')
    expect((await reach()).status).toBe(401)
    await emulator.close()
  })
})
