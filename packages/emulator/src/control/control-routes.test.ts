import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTenant, type TestTenant, testOrigin } from '../cloud/testing/tenant.ts'
import type { RecordedRequest } from './recorder.ts'

let tenant: TestTenant
beforeAll(async () => {
  tenant = await startTenant()
})
afterAll(() => tenant.close())

describe('/_emulator', () => {
  it('says what it is, as JSON and as a page', async () => {
    expect(await (await tenant.send('GET', '/_emulator')).json()).toMatchObject({
      what: expect.stringContaining('not Qlik'),
      version: '0.1.0',
      apps: tenant.engine.apps(),
    })
    const page = await tenant.send('GET', '/_emulator', { accept: 'text/html' })
    expect(page.headers.get('content-type')).toContain('text/html')
    expect(await page.text()).toContain('usersMeStatus')
  })

  it('shows no page of another origin anything', async () => {
    const response = await tenant.send('GET', '/_emulator/api/requests', { origin: testOrigin })
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    await response.text()
  })

  it.each([
    ['PATCH', '/_emulator/api/switches', { usersMeStatus: 200 }],
    ['POST', '/_emulator/api/clock', { advance: 10 }],
    ['POST', '/_emulator/api/reset', {}],
  ])('%s %s needs the administrator’s key', async (method, path, body) => {
    const before = tenant.emulator.state.identityProviders()
    for (const authorization of ['', 'Bearer wrong']) {
      const response = await fetch(tenant.emulator.url + path, {
        method,
        headers: { authorization },
        body: JSON.stringify(body),
      })
      expect(response.status).toBe(401)
      await response.text()
    }
    expect(tenant.emulator.switches.get().usersMeStatus).toBe(301)
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
