import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTenant, type TestTenant } from '../../cloud/testing/tenant.ts'
import type { RecordedRequest } from '../recorder.ts'

let tenant: TestTenant
beforeAll(async () => {
  tenant = await startTenant()
})
afterAll(() => tenant.close())

describe('/_emulator', () => {
  it('says what it is, as JSON and as a page', async () => {
    expect(await (await tenant.send('GET', '/_emulator')).json()).toMatchObject({
      what: expect.stringContaining('not Qlik'),
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      apps: tenant.engine.apps(),
      api: expect.arrayContaining([
        'GET, PATCH /_emulator/api/switches',
        'GET, PUT, POST, DELETE /_emulator/api/faults',
        'POST /_emulator/api/errors/:id/arm',
      ]),
    })
    const page = await tenant.send('GET', '/_emulator?plain', { accept: 'text/html' })
    expect(page.headers.get('content-type')).toContain('text/html')
    expect(await page.text()).toContain('usersMeStatus')
  })

  it('is the console to a browser: own scripts alone, in no frame', async () => {
    const page = await tenant.send('GET', '/_emulator', { accept: 'text/html' })
    expect(page.status).toBe(200)
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("script-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    const html = await page.text()
    expect(html).not.toMatch(/<script(?![^>]*src=)|<style|style=|https?:\/\//)
  })

  it.each([
    ['PATCH', '/_emulator/api/switches', { strictSubType: true }],
    ['POST', '/_emulator/api/clock', { advance: 10 }],
    ['POST', '/_emulator/api/reset', {}],
  ])('%s %s needs the administrator’s key', async (method, path, body) => {
    const before = tenant.emulator.state.identityProviders()
    const switches = { ...tenant.emulator.switches.get() }
    for (const authorization of ['', 'Bearer wrong']) {
      const response = await fetch(tenant.emulator.url + path, {
        method,
        headers: { authorization },
        body: JSON.stringify(body),
      })
      expect(response.status).toBe(401)
      await response.text()
    }
    expect(tenant.emulator.switches.get()).toEqual(switches)
    expect(tenant.emulator.state.identityProviders()).toEqual(before)
  })

  it('turns switches, and names what is wrong', async () => {
    const path = '/_emulator/api/switches'
    const turned = await tenant.admin('PATCH', path, { usersMeStatus: 200 })
    expect(await turned.json()).toMatchObject({ usersMeStatus: 200 })
    expect(await (await tenant.send('GET', path)).json()).toMatchObject({ usersMeStatus: 200 })
    const wrong = await tenant.admin('PATCH', path, { usersMeStatis: 200 })
    expect(wrong.status).toBe(400)
    expect(await wrong.json()).toMatchObject({ hint: 'Did you mean usersMeStatus?' })
    const list = await tenant.admin('PATCH', path, [])
    expect(list.status).toBe(400)
    await list.text()
  })

  it('says of each switch what is unknown, how sure its default is, and why', async () => {
    const answer = await tenant.send('GET', '/_emulator/api/switches/definitions')
    const { switches } = (await answer.json()) as { switches: Record<string, unknown>[] }
    expect(switches).toHaveLength(Object.keys(tenant.emulator.switches.get()).length)
    for (const one of switches)
      expect(one).toMatchObject({
        fact: expect.stringMatching(/./),
        certainty: expect.stringMatching(/^(documented|inferred|unknown)$/),
        source: expect.stringMatching(/./),
        takes: expect.stringMatching(/./),
      })
  })

  it('lists what came after a request that is known, and forgets', async () => {
    await (await tenant.send('GET', '/api/v1/users/me')).text()
    const last = tenant.emulator.requests.at(-1)?.number ?? 0
    await (await tenant.send('GET', '/api/v1/users/me')).text()
    const after = await tenant.send('GET', `/_emulator/api/requests?after=${last}`)
    expect(await after.json()).toMatchObject({ requests: [{ number: last + 1 }] })
    expect((await tenant.admin('DELETE', '/_emulator/api/requests')).status).toBe(204)
    expect(tenant.emulator.requests).toEqual([])
  })

  it('takes faults as a whole and one by one', async () => {
    const path = '/_emulator/api/faults'
    const fault = { effect: { kind: 'server-error', status: 503 }, times: 2 }
    const put = await tenant.admin('PUT', path, { faults: [fault], seed: 5 })
    expect(await put.json()).toMatchObject({ faults: [{ ...fault, timesApplied: 0 }] })
    const added = await tenant.admin('POST', path, { effect: { kind: 'latency', ms: 0 } })
    const { id } = (await added.json()) as { id: number }
    expect((await tenant.admin('DELETE', `${path}/${id}`)).status).toBe(204)
    expect((await tenant.admin('DELETE', `${path}/${id}`)).status).toBe(404)
    for (const [method, wrong] of [
      ['PUT', [fault]],
      ['PUT', { faults: [{}] }],
      ['POST', { effect: { kind: 'flood' } }],
    ] as const)
      expect((await tenant.admin(method, path, wrong)).status).toBe(400)
    expect(await (await tenant.send('GET', path)).json()).toMatchObject({ faults: [fault] })
    expect((await tenant.admin('DELETE', path)).status).toBe(204)
    expect(tenant.emulator.faults.get()).toEqual([])
  })

  it('cuts engine sockets, and names what is wrong with a code', async () => {
    const path = '/_emulator/api/engine/cut'
    expect(await (await tenant.admin('POST', path, {})).json()).toEqual({ cut: 0 })
    const wrong = await tenant.admin('POST', path, { closeCode: 7 })
    expect(await wrong.json()).toMatchObject({ code: 'ERR_EMULATOR_FAULT' })
    expect((await tenant.admin('POST', path, [])).status).toBe(400)
  })

  it('moves the clock', async () => {
    const path = '/_emulator/api/clock'
    const set = await tenant.admin('POST', path, { set: '2030-01-01T00:00:00Z' })
    expect(await set.json()).toEqual({ now: '2030-01-01T00:00:00.000Z' })
    const advanced = await tenant.admin('POST', path, { advance: 90 })
    expect(await advanced.json()).toEqual({ now: '2030-01-01T00:01:30.000Z' })
    for (const wrong of [{ advance: -1 }, { set: 'soon' }, {}, 'x']) {
      const response = await tenant.admin('POST', path, wrong)
      expect(response.status).toBe(400)
      await response.text()
    }
    expect((await tenant.admin('POST', path, { reset: true })).status).toBe(200)
    expect(Math.abs(tenant.emulator.clock.now().getTime() - Date.now())).toBeLessThan(60_000)
  })

  it('answers a body that is not JSON, and a path that is not there', async () => {
    const headers = { authorization: `Bearer ${tenant.emulator.adminKey}` }
    const url = tenant.emulator.url
    const broken = await fetch(`${url}/_emulator/api/clock`, { method: 'POST', headers, body: '{' })
    expect(broken.status).toBe(400)
    await broken.text()
    const missing = await tenant.send('GET', '/_emulator/api/nothing')
    expect(missing.status).toBe(404)
    await missing.text()
  })

  it('lists the requests, but not its own', async () => {
    await (await tenant.send('GET', '/api/v1/users/me')).text()
    const answer = await tenant.send('GET', '/_emulator/api/requests')
    const { requests } = (await answer.json()) as { requests: RecordedRequest[] }
    expect(requests.at(-1)).toMatchObject({ path: '/api/v1/users/me', status: 401 })
    expect(requests.some((one) => one.path.includes('_emulator'))).toBe(false)
  })

  it('resets the tenant: nobody is logged in, nothing is trusted', async () => {
    const { cookie } = await tenant.login()
    expect((await tenant.admin('POST', '/_emulator/api/reset')).status).toBe(204)
    expect(tenant.emulator.state.identityProviders()).toEqual([])
    expect(tenant.emulator.state.webIntegrations()).toEqual([])
    expect(tenant.emulator.state.sessions()).toEqual([])
    const me = await tenant.send('GET', '/api/v1/users/me', { cookie })
    expect(me.status).toBe(401)
    await me.text()
  })
})
