import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTenant, type TestTenant } from '../testing/tenant.ts'

const path = '/api/v1/groups'
const everyone = '000000000000000000000001'
let tenant: TestTenant
beforeEach(async () => {
  tenant = await startTenant()
})
afterEach(() => tenant.close())

async function create(body: object): Promise<{ id: string; name: string }> {
  const response = await tenant.admin('POST', path, body)
  expect(response.status).toBe(201)
  return (await response.json()) as { id: string; name: string }
}

const patch = async (id: string, operations: unknown) =>
  (await tenant.admin('PATCH', `${path}/${id}`, operations)).status

describe('groups made by hand', () => {
  it('are read, changed and deleted', async () => {
    const group = await create({ name: 'sales', providerType: 'custom', description: 'They sell' })
    expect(group).toMatchObject({ status: 'active', providerType: 'custom', assignedRoles: [] })
    const own = `${path}/${group.id}`
    expect(await (await tenant.admin('GET', own)).json()).toEqual(group)
    // Qlik's type has these paths without a slash.
    const changes = [
      { op: 'replace', path: 'name', value: 'press' },
      { op: 'replace', path: 'description', value: 'They write' },
      { op: 'replace', path: 'assignedRoles', value: [{ name: 'Developer' }] },
    ]
    expect(await patch(group.id, changes)).toBe(204)
    expect(await (await tenant.admin('GET', own)).json()).toMatchObject({
      name: 'press',
      description: 'They write',
      assignedRoles: [{ name: 'Developer' }],
    })
    expect((await tenant.admin('DELETE', own)).status).toBe(204)
    expect((await tenant.admin('DELETE', own)).status).toBe(404)
    expect(await patch(group.id, changes)).toBe(404)
  })

  it('have names of their own, in upper and lower case', async () => {
    await create({ name: 'sales' })
    await create({ name: 'Sales' })
    const twice = await tenant.admin('POST', path, { name: 'sales' })
    expect(twice.status).toBe(409)
    const other = await create({ name: 'press', providerType: 'custom' })
    expect(await patch(other.id, [{ op: 'replace', path: 'name', value: 'sales' }])).toBe(409)
  })

  it('that an identity provider made keep their name', async () => {
    const group = await create({ name: 'sales' })
    expect(await patch(group.id, [{ op: 'replace', path: 'name', value: 'x' }])).toBe(400)
    expect(await patch(group.id, [{ op: 'replace', path: 'assignedRoles', value: [] }])).toBe(204)
  })

  it.each([
    {},
    { name: '' },
    { name: 'x'.repeat(257) },
    { name: 'x', status: 'disabled' },
    { name: 'x', providerType: 'other' },
    { name: 'x', assignedRoles: [{ name: 'King' }] },
    [],
  ])('%j is refused', async (body) => {
    expect((await tenant.admin('POST', path, body)).status).toBe(400)
  })

  it('give their roles to their users, until they are gone', async () => {
    const group = await create({ name: 'admins', assignedRoles: [{ name: 'TenantAdmin' }] })
    const { cookie } = await tenant.login({ groups: ['admins'] })
    const list = async () => (await tenant.send('GET', path, { cookie })).status
    expect(await list()).toBe(200)
    await tenant.admin('DELETE', `${path}/${group.id}`)
    expect(await list()).toBe(403)
  })
})

describe('the list of groups', () => {
  it('is filtered, sorted and counted; the group of everybody comes when asked for', async () => {
    for (const name of ['sales', 'press']) await create({ name })
    const list = async (query: string) => {
      const answer = await tenant.admin('GET', `${path}?${query}`)
      const { data, totalResults } = (await answer.json()) as {
        data: { name: string }[]
        totalResults?: number
      }
      return { names: data.map(({ name }) => name), totalResults }
    }
    expect(await list('sort=%2Bname&totalResults=true')).toEqual({
      names: ['press', 'sales'],
      totalResults: 2,
    })
    expect((await list('systemGroups=true')).names).toContain('com.qlik.Everyone')
    const filter = { filter: 'name eq "SALES"' }
    const found = await tenant.admin('POST', `${path}/actions/filter`, filter)
    expect(await found.json()).toMatchObject({ data: [{ name: 'sales' }] })
  })
})

describe('the settings of groups', () => {
  const settings = `${path}/settings`

  it('give roles to everybody', async () => {
    const { cookie } = await tenant.login()
    expect((await tenant.send('GET', path, { cookie })).status).toBe(403)
    const roles = [
      {
        op: 'replace',
        path: `/systemGroups/${everyone}/assignedRoles`,
        value: [{ name: 'TenantAdmin' }],
      },
    ]
    expect((await tenant.admin('PATCH', settings, roles)).status).toBe(204)
    expect((await tenant.send('GET', path, { cookie })).status).toBe(200)
    expect(await (await tenant.admin('GET', settings)).json()).toMatchObject({
      systemGroups: { [everyone]: { assignedRoles: [{ name: 'TenantAdmin' }] } },
    })
  })

  it.each([
    [[{ op: 'replace', path: '/systemGroups/x/assignedRoles', value: [] }]],
    [[{ op: 'replace', path: `/systemGroups/${everyone}/assignedRoles`, value: [{ name: 'x' }] }]],
    [[{ op: 'add', path: '/autoCreateGroups', value: true }]],
    [[]],
  ])('%j is refused', async (operations) => {
    expect((await tenant.admin('PATCH', settings, operations)).status).toBe(400)
  })

  it('decide by switch whether known groups count while creation is off', async () => {
    await create({ name: 'sales' })
    const groups = () => tenant.emulator.state.users().find((user) => !user.isAdmin)?.groups
    await tenant.login({ groups: ['sales', 'unknown'] })
    expect(groups()).toEqual(['sales'])
    tenant.emulator.switches.set({ groupsWhileCreationIsOff: 'none' })
    await tenant.login({ groups: ['sales'] })
    expect(groups()).toEqual([])
  })
})
