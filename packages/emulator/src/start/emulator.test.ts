import { createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createEmulator, type Emulator, moviesAppId } from '../index.ts'

const running: Emulator[] = []
afterEach(async () => {
  for (const emulator of running.splice(0)) await emulator.close()
})

async function start(options: Parameters<typeof createEmulator>[0] = {}): Promise<Emulator> {
  const emulator = await createEmulator(options)
  running.push(emulator)
  return emulator
}

describe('createEmulator', () => {
  it('listens on a free port of its own, with a random key and the app Movies', async () => {
    const [one, two] = [await start(), await start()]
    expect(one.port).not.toBe(two.port)
    expect(one.adminKey).toMatch(/^[\w-]{32}$/)
    expect(one.adminKey).not.toBe(two.adminKey)
    expect(one.url).toBe(`http://localhost:${one.port}`)
    const headers = { authorization: `Bearer ${one.adminKey}` }
    const app = await fetch(`${one.url}/api/v1/apps/${moviesAppId}`, { headers })
    expect(await app.json()).toMatchObject({ attributes: { name: 'Movies' } })
  })

  it.each(['0.0.0.0', '::', '192.168.0.1', 'example.org', ''])(
    'refuses to listen on %j',
    async (host) => {
      await expect(createEmulator({ host })).rejects.toMatchObject({ code: 'ERR_EMULATOR_HOST' })
    },
  )

  it('says when its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const { port } = other.address() as { port: number }
    await expect(createEmulator({ port })).rejects.toMatchObject({
      code: 'ERR_EMULATOR_PORT',
      message: `Port ${port} cannot be used: another program uses it`,
      cause: { code: 'EADDRINUSE' },
    })
    await new Promise((resolve) => other.close(resolve))
  })

  it.each([-1, 65_536, 1.5, Number.NaN])('refuses the port %d', async (port) => {
    await expect(createEmulator({ port })).rejects.toMatchObject({ code: 'ERR_EMULATOR_PORT' })
  })

  it.each(['', 'two words', 'ümlaut', 'x'.repeat(513)])('refuses the key %j', async (adminKey) => {
    const error = await createEmulator({ adminKey }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'ERR_EMULATOR_ADMIN_KEY' })
    if (adminKey !== '') expect((error as Error).message).not.toContain(adminKey)
  })

  it('refuses a switch that it does not have', async () => {
    const switches = { usersMeStatuss: 200 } as Record<string, unknown>
    await expect(createEmulator({ switches })).rejects.toMatchObject({
      code: 'ERR_EMULATOR_SWITCH_NAME',
    })
  })

  it('takes real time from where it is told', async () => {
    const emulator = await start({ clock: () => new Date('2030-01-01T00:00:00Z') })
    emulator.clock.advance(60)
    expect(emulator.clock.now().toISOString()).toBe('2030-01-01T00:01:00.000Z')
  })

  it('forgets everything on reset, but stays where it is', async () => {
    const emulator = await start({ switches: { usersMeStatus: 200 } })
    const headers = { authorization: `Bearer ${emulator.adminKey}` }
    const body = JSON.stringify({ name: 'x' })
    await fetch(`${emulator.url}/api/v1/web-integrations`, { method: 'POST', headers, body })
    emulator.switches.set({ usersMeStatus: 301, strictSubType: true })
    emulator.clock.set(new Date('2030-01-01'))
    expect(emulator.state.webIntegrations()).toHaveLength(1)
    emulator.reset()
    expect(emulator.state.webIntegrations()).toEqual([])
    expect(emulator.requests).toEqual([])
    expect(emulator.switches.get()).toMatchObject({ usersMeStatus: 200, strictSubType: false })
    expect(emulator.clock.now().getFullYear()).not.toBe(2030)
    expect((await fetch(`${emulator.url}/api/v1/users`, { headers })).status).toBe(200)
  })

  it('frees its port on close, also while connections are open, and may be closed twice', async () => {
    const emulator = await start()
    await (await fetch(`${emulator.url}/_emulator`)).text()
    await Promise.all([emulator.close(), emulator.close()])
    await expect(fetch(`${emulator.url}/_emulator`)).rejects.toThrow('fetch failed')
    const again = await start({ port: emulator.port })
    expect(again.port).toBe(emulator.port)
  })
})
