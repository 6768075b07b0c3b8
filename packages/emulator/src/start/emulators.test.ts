import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { cloudTenant } from '../cloud/product.ts'
import type { Product } from '../control/product.ts'
import { createEmulators, type EmulatorControl } from './emulators.ts'
import { tinyProduct } from './tiny-product.fixture.ts'

const running: EmulatorControl[] = []
afterEach(async () => {
  for (const emulators of running.splice(0)) await emulators.close()
})

async function startBoth() {
  const emulators = await createEmulators({ products: [cloudTenant(), tinyProduct()] })
  running.push(emulators)
  const { cloud, tiny } = emulators.products
  const control = (method: string, path: string, body?: unknown, from = tiny.url) =>
    fetch(`${from}/_emulator${path}`, {
      method,
      headers: { authorization: `Bearer ${emulators.adminKey}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  return { emulators, cloud, tiny, control }
}

describe('a product that plugs into the workbench', () => {
  it('has its own listeners, each at a port of its own', async () => {
    const { cloud, tiny } = await startBoth()
    expect(Object.keys(tiny.urls)).toEqual(['front', 'back'])
    expect(tiny.url).toBe(tiny.urls.front)
    expect(new Set([cloud.url, ...Object.values(tiny.urls)]).size).toBe(3)
    expect(await (await fetch(`${tiny.urls.front}/visit?name=Ada`)).text()).toBe('welcome')
    expect(await (await fetch(`${tiny.urls.back}/visitors`)).json()).toEqual(['Ada'])
    expect((await fetch(`${tiny.urls.back}/visit`)).status).toBe(404)
  })

  it('has its own state and console routes, and a reset empties both products', async () => {
    const { emulators, cloud, tiny, control } = await startBoth()
    await (await fetch(`${tiny.url}/visit?name=Ada`)).text()
    const headers = { authorization: `Bearer ${emulators.adminKey}` }
    const body = JSON.stringify({ name: 'shop' })
    await fetch(`${cloud.url}/api/v1/web-integrations`, { method: 'POST', headers, body })
    expect(tiny.state.visitors()).toEqual(['Ada'])
    expect(cloud.state.webIntegrations()).toHaveLength(1)
    expect(await (await control('GET', '/api/tiny/visitors')).json()).toEqual({ visitors: ['Ada'] })
    expect((await control('POST', '/api/reset')).status).toBe(204)
    expect(tiny.state.visitors()).toEqual([])
    expect(cloud.state.webIntegrations()).toEqual([])
  })

  it('has its own switches, which the console of any product turns', async () => {
    const { cloud, tiny, control } = await startBoth()
    const changes = { tinyIsShy: true, usersMeStatus: 200 }
    const answer = await control('PATCH', '/api/switches', changes, cloud.url)
    expect(await answer.json()).toMatchObject(changes)
    expect(tiny.switches.get()).toEqual({ tinyIsShy: true })
    expect(cloud.switches.get().usersMeStatus).toBe(200)
    const mixed = await control('PATCH', '/api/switches', { tinyIsShy: false, usersMeStatus: 1 })
    expect(mixed.status).toBe(400)
    expect(tiny.switches.get()).toEqual({ tinyIsShy: true })
    const unknown = await control('PATCH', '/api/switches', { tinyIsSh: false })
    expect(await unknown.json()).toMatchObject({ hint: 'Did you mean tinyIsShy?' })
  })

  it('has its own documented errors: shown, and given to its own requests alone', async () => {
    const { emulators, cloud, tiny, control } = await startBoth()
    const shown = await control('POST', '/api/errors/tiny-teapot/show')
    expect(await shown.json()).toMatchObject({ status: 418, body: { code: 'TINY-418' } })
    emulators.faults.set([{ effect: { kind: 'documented-error', error: 'tiny-teapot' }, times: 1 }])
    expect((await fetch(`${cloud.url}/login`)).status).not.toBe(418)
    expect((await fetch(`${tiny.url}/visit`)).status).toBe(418)
    const [request] = emulators.requests.filter(({ product }) => product === 'tiny')
    expect(request).toMatchObject({ status: 418, fault: 'tiny-teapot' })
    const listed = (await (await control('GET', '/api/requests')).json()) as {
      requests: { product: string; advice: { why: string }[] }[]
    }
    const advice = listed.requests.find((one) => one.product === 'tiny')?.advice
    expect(advice?.map(({ why }) => why)).toEqual([
      'A fault that is switched on was applied to it: tiny-teapot.',
      'It was asked for coffee.',
    ])
  })

  it('uses the same engine, and its sockets are cut with those of the others', async () => {
    const { emulators, tiny } = await startBoth()
    const socket = new WebSocket(`${tiny.url.replace('http', 'ws')}/anything`)
    await once(socket, 'open')
    expect(emulators.cutSockets({ closeCode: 4205 })).toBe(1)
    const [code] = await once(socket, 'close')
    expect(code).toBe(4205)
    expect(emulators.requests.at(-1)).toMatchObject({ product: 'tiny', status: 101 })
  })

  it('is named with the others where the emulator tells of itself', async () => {
    const { control } = await startBoth()
    const about = await (await control('GET', '')).json()
    expect(about).toMatchObject({
      what: expect.stringContaining('Qlik Cloud and the tiny product'),
      products: ['cloud', 'tiny'],
      api: expect.arrayContaining(['GET /_emulator/api/tiny/visitors']),
    })
  })

  it('may not have a name that another has', async () => {
    const twice: [Product, Product] = [tinyProduct(), tinyProduct()]
    await expect(createEmulators({ products: twice })).rejects.toThrow('the name tiny')
  })

  it('leaves nothing open when a port of another is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    const opened: string[] = []
    const tiny = tinyProduct()
    const watched: Product = {
      ...tiny,
      run(workbench) {
        const product = tiny.run(workbench as Parameters<typeof tiny.run>[0])
        return { ...product, close: () => opened.push('closed') }
      },
    }
    const products: [Product, Product] = [watched, cloudTenant({ port })]
    await expect(createEmulators({ products })).rejects.toMatchObject({ code: 'ERR_EMULATOR_PORT' })
    expect(opened).toEqual(['closed'])
    other.close()
  })
})
