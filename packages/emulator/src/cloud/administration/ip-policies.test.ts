import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTenant, type TestTenant } from '../testing/tenant.ts'

const path = '/api/core/ip-policies'
let tenant: TestTenant
beforeEach(async () => {
  tenant = await startTenant()
})
afterEach(() => tenant.close())

const make = (allowedIps: unknown, enabled?: boolean) =>
  tenant.admin('POST', path, { name: 'office', allowedIps, enabled })

describe('an IP policy', () => {
  it('is made, listed, changed and deleted', async () => {
    const made = await make(['192.0.2.0/24'])
    expect(made.status).toBe(201)
    const { id } = (await made.json()) as { id: string }
    expect(await (await tenant.admin('GET', path)).json()).toMatchObject({
      data: [{ id, name: 'office', allowedIps: ['192.0.2.0/24'], enabled: false }],
    })
    const own = `${path}/${id}`
    const change = (name: string, value: unknown) =>
      tenant.admin('PATCH', own, [{ op: 'replace', path: name, value }])
    expect((await change('/name', 'headquarters')).status).toBe(204)
    expect(await (await tenant.admin('GET', own)).json()).toMatchObject({ name: 'headquarters' })
    expect((await change('/id', 'other')).status).toBe(400)
    expect((await tenant.admin('DELETE', own)).status).toBe(204)
    expect((await tenant.admin('GET', own)).status).toBe(404)
  })

  it.each([[['office']], [['192.0.2.0/33']], [['2001:db8::1']], [[]], [undefined]])(
    'does not take the addresses %j',
    async (allowedIps) => {
      expect((await make(allowedIps)).status).toBe(400)
    },
  )

  it('locks nobody out who makes it, and everybody whom it does not name', async () => {
    expect((await make(['192.0.2.7'], true)).status).toBe(400)
    expect((await make(['127.0.0.0/8', '192.0.2.7'], true)).status).toBe(201)
    expect((await tenant.admin('GET', path)).status).toBe(200)

    tenant.emulator.state.allowOnly(['192.0.2.7'])
    expect((await tenant.admin('GET', path)).status).toBe(403)
    expect((await tenant.send('GET', '/api/v1/users/me')).status).toBe(403)
    tenant.emulator.state.allowOnly([])
    expect((await tenant.admin('GET', path)).status).toBe(200)
  })
})
