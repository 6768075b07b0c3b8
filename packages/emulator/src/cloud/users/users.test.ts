import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTenant, type TestTenant } from '../testing/tenant.ts'

let tenant: TestTenant
beforeEach(async () => {
  tenant = await startTenant()
})
afterEach(() => tenant.close())

interface User {
  id: string
  subject: string
}

describe('users/me', () => {
  it('redirects to the user’s own resource, which says who they are', async () => {
    const { cookie } = await tenant.login({ sub: 'ada', name: 'Ada', email: 'ada@acme.example' })
    const response = await tenant.send('GET', '/api/v1/users/me', { cookie })
    expect(response.status).toBe(301)
    expect(response.headers.get('content-type')).toContain('text/html')
    // A browser would keep a 301 for the next person who logs in.
    expect(response.headers.get('cache-control')).toBe('no-store')
    const location = response.headers.get('location') ?? ''
    expect(location).toMatch(/^\/api\/v1\/users\/[0-9a-f]{24}$/)
    const user = await (await tenant.send('GET', location, { cookie })).json()
    expect(user).toMatchObject({
      subject: 'ada',
      name: 'Ada',
      email: 'ada@acme.example',
      status: 'active',
      assignedRoles: [],
      assignedGroups: [],
      links: { self: { href: tenant.emulator.url + location } },
    })
  })

  it('answers itself when the switch says so', async () => {
    tenant.emulator.switches.set({ usersMeStatus: 200 })
    const { cookie } = await tenant.login({ sub: 'ada' })
    const response = await tenant.send('GET', '/api/v1/users/me', { cookie })
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ subject: 'ada' })
  })

  it('is the administrator for the administrator’s key', async () => {
    const response = await tenant.admin('GET', '/api/v1/users/me')
    const user = await tenant.admin('GET', response.headers.get('location') ?? '')
    expect(await user.json()).toMatchObject({ assignedRoles: [{ name: 'TenantAdmin' }] })
  })

  it('is nobody without a session', async () => {
    const response = await tenant.send('GET', '/api/v1/users/me')
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({
      errors: [{ title: 'Unauthorized', status: 401 }],
    })
  })
})

describe('other users', () => {
  it('are not shown to a user, nor whether they exist', async () => {
    const { cookie } = await tenant.login({ sub: 'ada' })
    await tenant.login({ sub: 'bob' })
    const bob = tenant.emulator.state.users().find((user) => user.subject === 'bob')
    for (const id of [bob?.id, 'nobody']) {
      const response = await tenant.send('GET', `/api/v1/users/${id}`, { cookie })
      expect(response.status).toBe(403)
      await response.text()
    }
    expect((await tenant.send('GET', '/api/v1/users', { cookie })).status).toBe(403)
  })

  it('are listed for the administrator, with a filter', async () => {
    await tenant.login({ sub: 'ada', email: 'ada@acme.example' })
    await tenant.login({ sub: 'bob', email: 'bob@acme.example' })
    const find = async (filter: string) => {
      const query = new URLSearchParams({ filter })
      const response = await tenant.admin('GET', `/api/v1/users?${query}`)
      return ((await response.json()) as { data: User[] }).data.map((user) => user.subject)
    }
    expect(await find('subject eq "bob"')).toEqual(['bob'])
    expect(await find('email eq "ADA@acme.example"')).toEqual(['ada'])
    expect(await find('subject eq "eve"')).toEqual([])
    const wrong = await tenant.admin('GET', '/api/v1/users?filter=subject%20ne%20%22x%22')
    expect(wrong.status).toBe(400)
    expect((await tenant.admin('GET', '/api/v1/users/nobody')).status).toBe(404)
  })

  it('the administrator cannot be deleted', async () => {
    const me = (await tenant.admin('GET', '/api/v1/users/me')).headers.get('location') ?? ''
    expect((await tenant.admin('DELETE', me)).status).toBe(400)
    expect((await tenant.admin('DELETE', '/api/v1/users/nobody')).status).toBe(404)
  })
})

describe('groups and their settings', () => {
  const settings = '/api/v1/groups/settings'

  it('are read and patched by the administrator', async () => {
    expect(await (await tenant.admin('GET', settings)).json()).toMatchObject({
      autoCreateGroups: false,
    })
    const on = [{ op: 'replace', path: '/autoCreateGroups', value: true }]
    expect((await tenant.admin('PATCH', settings, on)).status).toBe(204)
    expect(await (await tenant.admin('GET', settings)).json()).toMatchObject({
      autoCreateGroups: true,
    })
    for (const value of ['true', 1, null]) {
      const wrong = [{ op: 'replace', path: '/autoCreateGroups', value }]
      expect((await tenant.admin('PATCH', settings, wrong)).status).toBe(400)
    }
  })

  it('a group is found by name, and read by ID', async () => {
    await tenant.admin('PATCH', settings, [
      { op: 'replace', path: '/autoCreateGroups', value: true },
    ])
    await tenant.login({ groups: ['sales', 'editors'] })
    const response = await tenant.admin('GET', `/api/v1/groups?filter=name%20eq%20%22editors%22`)
    const { data } = (await response.json()) as { data: { id: string; name: string }[] }
    expect(data.map((group) => group.name)).toEqual(['editors'])
    const one = await tenant.admin('GET', `/api/v1/groups/${data[0]?.id}`)
    expect(await one.json()).toEqual(data[0])
    expect((await tenant.admin('GET', '/api/v1/groups/none')).status).toBe(404)
  })
})

describe('apps and locale', () => {
  it('an app is there, forbidden, or not there', async () => {
    const { cookie } = await tenant.login()
    const read = (id: string) => tenant.send('GET', `/api/v1/apps/${id}`, { cookie })
    expect(await (await read('sales')).json()).toMatchObject({
      attributes: { id: 'sales', name: 'Sales' },
    })
    expect((await read('secret')).status).toBe(403)
    expect((await read('none')).status).toBe(404)
    expect((await tenant.admin('GET', '/api/v1/apps/secret')).status).toBe(200)
    expect((await tenant.send('GET', '/api/v1/apps/sales')).status).toBe(401)
  })

  it('user-locale answers JSON to whoever is logged in', async () => {
    const { cookie } = await tenant.login()
    const response = await tenant.send('GET', '/api/v1/user-locale', { cookie })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain('application/json')
    expect((await tenant.send('GET', '/api/v1/user-locale')).status).toBe(401)
  })

  it('a path that the emulator does not have says so in words', async () => {
    for (const [method, path] of [
      ['GET', '/api/v1/themes'],
      ['GET', '/login/jwt-session'],
      ['PUT', '/api/v1/users/me/x'],
      ['GET', '/hub'],
    ] as const) {
      const response = await tenant.admin(method, path)
      expect(response.status).toBe(404)
      expect(await response.json()).toMatchObject({
        errors: [{ code: 'EMULATOR-NOT-IMPLEMENTED', detail: expect.stringContaining(path) }],
      })
    }
  })
})
