import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTenant, type TestTenant } from '../testing/tenant.ts'

const path = '/api/v1/users'
let tenant: TestTenant
beforeEach(async () => {
  tenant = await startTenant()
})
afterEach(() => tenant.close())

interface User {
  id: string
  name: string
  subject: string
  status: string
}

interface List {
  data: User[]
  totalResults?: number
  links: { self: { href: string }; next?: { href: string | null }; prev?: { href: string } }
}

async function create(body: object): Promise<User> {
  const response = await tenant.admin('POST', path, body)
  expect(response.status).toBe(201)
  return (await response.json()) as User
}

async function list(query: Record<string, string>): Promise<List> {
  const response = await tenant.admin('GET', `${path}?${new URLSearchParams(query)}`)
  expect(response.status).toBe(200)
  return (await response.json()) as List
}

async function patch(id: string, operations: unknown): Promise<number> {
  return (await tenant.admin('PATCH', `${path}/${id}`, operations)).status
}

describe('users made by hand', () => {
  it('are invited, and become active with their first token', async () => {
    const user = await create({ subject: 'ada', name: 'Ada', email: 'ada@acme.example' })
    expect(user).toMatchObject({ status: 'invited', inviteExpiry: expect.any(Number) })
    await tenant.login({ sub: 'ada' })
    const after = await (await tenant.admin('GET', `${path}/${user.id}`)).json()
    expect(after).toMatchObject({ id: user.id, status: 'active' })
    expect(after).not.toHaveProperty('inviteExpiry')
  })

  it('are created active where it is asked for, as Qlik’s impersonation sample does', async () => {
    const body = { subject: 'anna', email: 'anna@acme.example', status: 'active' }
    const created = await tenant.admin('POST', '/api/v1/users', body)
    expect(created.status).toBe(201)
    const user = (await created.json()) as Record<string, unknown>
    expect(user).toMatchObject({ status: 'active' })
    expect(user).not.toHaveProperty('inviteExpiry')
    const filter = encodeURIComponent('subject eq "anna" and status eq "active"')
    const found = await tenant.admin('GET', `/api/v1/users?filter=${filter}`)
    expect(await found.json()).toMatchObject({ data: [{ id: user.id }] })
  })

  it.each([
    [{}, 400],
    [{ subject: '' }, 400],
    [{ subject: 1 }, 400],
    [{ subject: 'x', status: 'disabled' }, 400],
    [{ subject: 'x', status: 1 }, 400],
    [{ subject: 'x', tenantId: 'other' }, 400],
    [{ subject: 'x', assignedRoles: [{ name: 'King' }] }, 400],
    [[], 400],
    [{ subject: 'taken' }, 409],
  ])('%j is refused with %d', async (body, status) => {
    await create({ subject: 'taken' })
    expect((await tenant.admin('POST', path, body)).status).toBe(status)
  })

  it('with the role of an administrator administer, and lose it again', async () => {
    const user = await create({ subject: 'ada', assignedRoles: [{ name: 'TenantAdmin' }] })
    const { cookie } = await tenant.login({ sub: 'ada' })
    expect((await tenant.send('GET', path, { cookie })).status).toBe(200)
    const roles = [{ op: 'remove-value', path: '/assignedRoles', value: [{ name: 'TenantAdmin' }] }]
    expect(await patch(user.id, roles)).toBe(204)
    expect((await tenant.send('GET', path, { cookie })).status).toBe(403)
  })
})

describe('the list', () => {
  beforeEach(async () => {
    for (const name of ['Bob', 'alan', 'Carol'])
      await create({ subject: name, name, email: `${name}@acme.example` })
  })

  it('is sorted both ways, and refuses a field that it does not sort by', async () => {
    const subjects = async (sort: string) =>
      (await list({ sort, filter: 'email co "acme"' })).data.map(({ name }) => name)
    expect(await subjects('name')).toEqual(['alan', 'Bob', 'Carol'])
    expect(await subjects('+name')).toEqual(['alan', 'Bob', 'Carol'])
    expect(await subjects('-name')).toEqual(['Carol', 'Bob', 'alan'])
    expect((await tenant.admin('GET', `${path}?sort=shoe`)).status).toBe(400)
  })

  it('is cut into pages by absolute links, forth and back', async () => {
    const first = await list({ limit: '3', totalResults: 'true' })
    expect(first.totalResults).toBe(4)
    expect(first.links).not.toHaveProperty('prev')
    const next = first.links.next?.href ?? ''
    expect(next).toMatch(new RegExp(`^${tenant.emulator.url}${path}\\?.*next=`))
    const second = (await (
      await tenant.admin('GET', next.slice(tenant.emulator.url.length))
    ).json()) as List
    expect(second.data).toHaveLength(1)
    expect(second.links).not.toHaveProperty('next')
    const back = second.links.prev?.href.slice(tenant.emulator.url.length) ?? ''
    const again = (await (await tenant.admin('GET', back)).json()) as List
    expect(again.data).toEqual(first.data)
  })

  it('has an href of null on the last page when the switch says so', async () => {
    tenant.emulator.switches.set({ lastPageLink: 'null' })
    expect((await list({})).links.next).toEqual({ href: null })
  })

  it('gives the fields that are asked for', async () => {
    const { data } = await list({ fields: 'name,subject', filter: 'name eq "bob"' })
    expect(data).toEqual([{ name: 'Bob', subject: 'Bob' }])
  })

  it('is counted, and filtered by POST', async () => {
    expect(await (await tenant.admin('GET', `${path}/actions/count`)).json()).toEqual({ total: 4 })
    const filter = 'name eq "bob" or email co "CAROL" and status eq "invited"'
    const answer = await tenant.admin('POST', `${path}/actions/filter?sort=-name`, { filter })
    const { data } = (await answer.json()) as List
    expect(data.map(({ name }) => name)).toEqual(['Carol', 'Bob'])
    const wrong = await tenant.admin('POST', `${path}/actions/filter`, { filter: 1 })
    expect(wrong.status).toBe(400)
  })
})

describe('a patch', () => {
  it('changes what may be changed', async () => {
    const user = await create({ subject: 'ada', name: 'Ada' })
    const group = (await (
      await tenant.admin('POST', '/api/v1/groups', { name: 'sales' })
    ).json()) as { id: string }
    const status = await patch(user.id, [
      { op: 'replace', path: '/name', value: 'Ada King' },
      { op: 'replace', path: '/preferredLocale', value: 'de' },
      { op: 'replace', path: '/preferredZoneinfo', value: 'Europe/London' },
      { op: 'add', path: '/assignedRoles', value: [{ name: 'Developer' }] },
      { op: 'add', path: '/assignedRoles', value: [{ name: 'DataAdmin' }] },
      { op: 'replace', path: '/assignedGroups', value: [{ name: 'sales', providerType: 'idp' }] },
      { op: 'replace', path: '/status', value: 'active' },
    ])
    expect(status).toBe(204)
    expect(await (await tenant.admin('GET', `${path}/${user.id}`)).json()).toMatchObject({
      name: 'Ada King',
      status: 'active',
      preferredLocale: 'de',
      preferredZoneinfo: 'Europe/London',
      assignedRoles: [{ name: 'DataAdmin' }, { name: 'Developer' }],
      assignedGroups: [{ id: group.id, name: 'sales' }],
    })
  })

  it('changes nothing when one of its operations is wrong', async () => {
    const user = await create({ subject: 'ada', name: 'Ada' })
    const right = { op: 'replace', path: '/name', value: 'Other' }
    for (const wrong of [
      { op: 'replace', path: '/subject', value: 'x' },
      { op: 'set', path: '/name', value: 'x' },
      { op: 'replace', path: '/status', value: 'deleted' },
      { op: 'add', path: '/assignedGroups', value: [{ name: 'unknown' }] },
      { op: 'replace', path: '/assignedRoles', value: [{ id: 'unknown' }] },
      { op: 'replace', path: '/inviteExpiry', value: 1 },
      null,
    ])
      expect(await patch(user.id, [right, wrong])).toBe(400)
    expect(await patch(user.id, {})).toBe(400)
    expect(await (await tenant.admin('GET', `${path}/${user.id}`)).json()).toMatchObject({
      name: 'Ada',
    })
    expect(await patch('nobody', [right])).toBe(404)
  })

  it('of the status disables a user at once: sessions, engine and log-in', async () => {
    const { cookie } = await tenant.login({ sub: 'ada' })
    const user = tenant.emulator.state.users().find(({ subject }) => subject === 'ada')
    const id = user?.id ?? ''
    expect(await patch(id, [{ op: 'replace', path: '/status', value: 'disabled' }])).toBe(204)
    expect((await tenant.send('GET', '/api/v1/users/me', { cookie })).status).toBe(401)
    expect(tenant.engine.closedUsers).toEqual([id])
    const refused = await tenant.postToken(tenant.token({ sub: 'ada' }))
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject({ errors: [{ code: 'AUTH-5' }] })
    tenant.emulator.switches.set({ disabledUserStatus: 401 })
    expect((await tenant.postToken(tenant.token({ sub: 'ada' }))).status).toBe(401)
  })

  it('leaves the last administrator in office', async () => {
    const me = (await tenant.admin('GET', `${path}/me`)).headers.get('location') ?? ''
    const id = me.slice(`${path}/`.length)
    expect(await patch(id, [{ op: 'replace', path: '/status', value: 'disabled' }])).toBe(400)
    expect(await patch(id, [{ op: 'replace', path: '/assignedRoles', value: [] }])).toBe(400)
    const other = await create({ subject: 'b', assignedRoles: [{ name: 'TenantAdmin' }] })
    await tenant.login({ sub: 'b', email: 'b@acme.example' })
    expect(await patch(id, [{ op: 'replace', path: '/assignedRoles', value: [] }])).toBe(204)
    expect(other.id).not.toBe(id)
  })
})

describe('an invitation', () => {
  const invite = async (...invitees: object[]) => {
    const response = await tenant.admin('POST', `${path}/actions/invite`, { invitees })
    expect(response.status).toBe(207)
    return ((await response.json()) as { data: Record<string, unknown>[] }).data
  }

  it('answers for each: new, known, active, disabled, wrong', async () => {
    expect(await invite({ email: 'new@acme.example', name: 'New' })).toMatchObject([
      { status: 'ok', email: 'new@acme.example', userId: expect.any(String) },
    ])
    await tenant.login({ sub: 'ada', email: 'ada@acme.example' })
    await tenant.login({ sub: 'bob', email: 'bob@acme.example' })
    const bob = tenant.emulator.state.users().find(({ subject }) => subject === 'bob')
    await patch(bob?.id ?? '', [{ op: 'replace', path: '/status', value: 'disabled' }])
    expect(
      await invite(
        { email: 'NEW@acme.example' },
        { email: 'ada@acme.example' },
        { email: 'bob@acme.example' },
        { email: 'nonsense' },
      ),
    ).toMatchObject([
      { status: 'exists' },
      { status: 'error', code: '1001' },
      { status: 'error', code: '1002' },
      { status: 'error', code: '1003' },
    ])
  })

  it('expires for tokens by switch only, and is renewed', async () => {
    const user = await create({ subject: 'ada' })
    const login = async () => (await tenant.postToken(tenant.token({ sub: 'ada' }))).status
    tenant.emulator.switches.set({ invitedUserLogin: 'refused-when-expired' })
    tenant.emulator.clock.advance(8 * 24 * 3600)
    const refused = await tenant.postToken(tenant.token({ sub: 'ada' }))
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject({
      errors: [{ code: 'USER_INVITE_EXPIRED', title: 'User invitation expired' }],
    })
    expect(await patch(user.id, [{ op: 'renew', path: '/inviteExpiry' }])).toBe(204)
    expect(await login()).toBe(200)
  })

  it.each([{}, { invitees: [] }, { invitees: 'x' }])('%j is refused', async (body) => {
    expect((await tenant.admin('POST', `${path}/actions/invite`, body)).status).toBe(400)
  })
})
