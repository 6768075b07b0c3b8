import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSocket } from '../../http/testing/open-socket.ts'
import { startTenant, type TestTenant } from '../testing/tenant.ts'

const path = '/api/v1/spaces'
let tenant: TestTenant
beforeEach(async () => {
  tenant = await startTenant()
})
afterEach(() => tenant.close())

type Json = Record<string, unknown> & { id: string }

async function create(address: string, body: object): Promise<Json> {
  const response = await tenant.admin('POST', address, body)
  expect(response.status).toBe(201)
  return (await response.json()) as Json
}

const readAs = async (cookie: string, address: string) => {
  const response = await tenant.send('GET', address, { cookie })
  return { status: response.status, body: (await response.json()) as Json & { data: Json[] } }
}

const userId = (subject = 'ada') =>
  tenant.emulator.state.users().find((user) => user.subject === subject)?.id ?? ''

describe('a space', () => {
  it('is created, read, changed in both ways and deleted', async () => {
    const space = await create(path, { name: 'Sales', type: 'shared', description: 'Figures' })
    const own = `${path}/${space.id}`
    expect(space).toMatchObject({
      type: 'shared',
      description: 'Figures',
      meta: { actions: ['read', 'update', 'delete'], assignableRoles: expect.any(Array) },
      links: {
        self: { href: tenant.emulator.url + own },
        assignments: { href: `${tenant.emulator.url}${own}/assignments` },
      },
    })
    const patch = [{ op: 'replace', path: '/name', value: 'Press' }]
    expect(await (await tenant.admin('PATCH', own, patch)).json()).toMatchObject({ name: 'Press' })
    const put = await tenant.admin('PUT', own, { description: 'News' })
    expect(await put.json()).toMatchObject({ name: 'Press', description: 'News' })
    expect((await tenant.admin('PUT', own, { ownerId: 'nobody' })).status).toBe(400)
    expect((await tenant.admin('DELETE', own)).status).toBe(204)
    expect((await tenant.admin('GET', own)).status).toBe(404)
  })

  it.each([
    [{ type: 'shared' }, 400],
    [{ name: 'x', type: 'personal' }, 400],
    [{ name: 'x', type: 'shared', description: 1 }, 400],
    [{ name: 'taken', type: 'data' }, 409],
  ])('%j is refused with %d', async (body, status) => {
    await create(path, { name: 'taken', type: 'shared' })
    expect((await tenant.admin('POST', path, body)).status).toBe(status)
  })

  it('is made by whoever has the role for its type, and seen by those who are in it', async () => {
    const { cookie, csrfToken } = await tenant.login()
    const post = (type: string) =>
      fetch(tenant.emulator.url + path, {
        method: 'POST',
        headers: { cookie, 'qlik-csrf-token': csrfToken },
        body: JSON.stringify({ name: type, type }),
      })
    expect((await post('shared')).status).toBe(403)
    await tenant.admin('PATCH', `/api/v1/users/${userId()}`, [
      { op: 'add', path: '/assignedRoles', value: [{ name: 'SharedSpaceCreator' }] },
    ])
    expect((await post('shared')).status).toBe(201)
    expect((await post('managed')).status).toBe(403)
    const foreign = await create(path, { name: 'secret', type: 'managed' })
    expect((await readAs(cookie, path)).body.data).toMatchObject([{ name: 'shared' }])
    expect((await readAs(cookie, `${path}/${foreign.id}`)).status).toBe(404)
    const types = await readAs(cookie, `${path}/types`)
    expect(types.body.data).toEqual(['data', 'managed', 'shared'])
  })

  it('is found by name and type', async () => {
    for (const type of ['shared', 'managed', 'data'])
      await create(path, { name: `a ${type}`, type })
    const names = async (query: string) => {
      const answer = await tenant.admin('GET', `${path}?${query}`)
      return ((await answer.json()) as { data: Json[] }).data.map(({ name }) => name)
    }
    expect(await names('type=managed')).toEqual(['a managed'])
    expect(await names('type=managed,data')).toEqual(['a managed', 'a data'])
    expect(await names('name=SHARED')).toEqual(['a shared'])
    expect(await names('sort=-name&limit=1')).toEqual(['a shared'])
  })
})

describe('an assignment', () => {
  let space: Json
  let assignments: string
  beforeEach(async () => {
    space = await create(path, { name: 'Sales', type: 'shared' })
    assignments = `${path}/${space.id}/assignments`
    await tenant.login()
  })

  it('is created, read, changed, listed and deleted', async () => {
    const body = { type: 'user', assigneeId: userId(), roles: ['consumer'] }
    const one = await create(assignments, body)
    const own = `${assignments}/${one.id}`
    expect(one).toMatchObject({ ...body, spaceId: space.id })
    expect(await (await tenant.admin('GET', own)).json()).toEqual(one)
    const put = await tenant.admin('PUT', own, { roles: ['producer'] })
    expect(await put.json()).toMatchObject({ roles: ['producer'] })
    const listed = await tenant.admin('GET', `${assignments}?type=user&assigneeId=${userId()}`)
    expect(await listed.json()).toMatchObject({ data: [{ id: one.id }] })
    const none = await tenant.admin('GET', `${assignments}?type=group`)
    expect(await none.json()).toMatchObject({ data: [] })
    expect((await tenant.admin('DELETE', own)).status).toBe(204)
    expect((await tenant.admin('GET', own)).status).toBe(404)
  })

  it('comes once for each user, in Qlik’s words', async () => {
    const body = { type: 'user', assigneeId: userId(), roles: ['consumer'] }
    await create(assignments, body)
    const twice = await tenant.admin('POST', assignments, { ...body, roles: ['producer'] })
    expect(twice.status).toBe(409)
    expect(await twice.json()).toMatchObject({
      errors: [{ detail: 'assignment of assignee already exists in space' }],
    })
  })

  it.each([
    { type: 'team', assigneeId: 'x', roles: ['consumer'] },
    { type: 'user', assigneeId: 'x', roles: ['consumer'] },
    { type: 'group', assigneeId: 'x', roles: ['consumer'] },
    { type: 'bot', roles: ['consumer'] },
  ])('%j is refused', async (body) => {
    expect((await tenant.admin('POST', assignments, body)).status).toBe(400)
  })

  it('takes the roles of its type of space alone', async () => {
    for (const roles of [[], ['publisher'], ['king'], 'consumer', undefined]) {
      const body = { type: 'user', assigneeId: userId(), roles }
      expect((await tenant.admin('POST', assignments, body)).status).toBe(400)
    }
  })

  it('is for facilitators to see and give', async () => {
    const { cookie } = await tenant.login()
    await create(assignments, { type: 'user', assigneeId: userId(), roles: ['consumer'] })
    expect((await readAs(cookie, `${path}/${space.id}`)).status).toBe(200)
    expect((await readAs(cookie, assignments)).status).toBe(403)
    expect((await tenant.admin('GET', `${path}/none/assignments`)).status).toBe(404)
  })
})

describe('an app in a space', () => {
  let spaceId: string
  let cookie: string
  let csrfToken: string
  const app = '/api/v1/apps/sales'
  beforeEach(async () => {
    spaceId = (await create(path, { name: 'Sales', type: 'managed' })).id
    ;({ cookie, csrfToken } = await tenant.login())
    expect((await tenant.admin('PUT', `${app}/space`, { spaceId })).status).toBe(200)
  })

  const socket = () =>
    openSocket(`${tenant.emulator.url}/app/sales?qlik-csrf-token=${csrfToken}`, { cookie })
  const assign = (changes: object = {}) =>
    create(`${path}/${spaceId}/assignments`, {
      type: 'user',
      assigneeId: userId(),
      roles: ['consumer'],
      ...changes,
    })

  it('is closed to others: 403, 4203, and not among the items', async () => {
    expect((await readAs(cookie, app)).status).toBe(403)
    expect(await socket()).toMatchObject({ closeCode: 4203 })
    expect((await readAs(cookie, '/api/v1/items')).body.data).toEqual([])
    expect(tenant.emulator.requests.at(-2)).toMatchObject({ path: '/app/sales', closeCode: 4203 })
  })

  it('is open by an assignment, of one’s own or of a group', async () => {
    await assign({ roles: ['operator'] })
    expect((await readAs(cookie, app)).status).toBe(403)
    const { id } = await create('/api/v1/groups', { name: 'sales' })
    await assign({ type: 'group', assigneeId: id })
    const member = await tenant.login({ groups: ['sales'] })
    expect((await readAs(member.cookie, app)).body).toMatchObject({
      attributes: { id: 'sales', spaceId, published: true },
    })
    const items = await readAs(member.cookie, `/api/v1/items?spaceId=${spaceId}`)
    expect(items.body.data).toMatchObject([{ resourceId: 'sales', spaceId }])
  })

  it('opens only so many requests after the assignment, where the switch says so', async () => {
    tenant.emulator.switches.set({ spaceAccessDelayRequests: 2 })
    await assign()
    expect((await readAs(cookie, '/api/v1/items')).body.data).toEqual([])
    expect((await readAs(cookie, app)).status).toBe(403)
    expect((await socket()).closeCode).toBe(4203)
    expect((await readAs(cookie, app)).status).toBe(200)
    expect((await socket()).frames).toEqual([{ opened: 'sales' }])
  })

  it('opens only so many seconds after the assignment, where the switch says so', async () => {
    tenant.emulator.clock.set(new Date('2030-01-01'))
    const session = await tenant.login()
    tenant.emulator.switches.set({ spaceAccessDelaySec: 120 })
    await assign()
    tenant.emulator.clock.advance(119)
    expect((await readAs(session.cookie, app)).status).toBe(403)
    tenant.emulator.clock.advance(1)
    expect((await readAs(session.cookie, app)).status).toBe(200)
  })

  it('is open to all again when it leaves the space, which can then be deleted', async () => {
    expect((await tenant.admin('DELETE', `${path}/${spaceId}`)).status).toBe(412)
    expect((await tenant.admin('DELETE', `${app}/space`)).status).toBe(200)
    expect((await tenant.admin('DELETE', `${app}/space`)).status).toBe(404)
    expect((await readAs(cookie, app)).status).toBe(200)
    expect((await tenant.admin('DELETE', `${path}/${spaceId}`)).status).toBe(204)
  })

  it('is moved by those alone who manage the space', async () => {
    const put = await fetch(`${tenant.emulator.url}${app}/space`, {
      method: 'PUT',
      headers: { cookie, 'qlik-csrf-token': csrfToken },
      body: JSON.stringify({ spaceId }),
    })
    expect(put.status).toBe(403)
    expect((await tenant.admin('PUT', `${app}/space`, { spaceId: 'none' })).status).toBe(400)
    expect((await tenant.admin('PUT', '/api/v1/apps/none/space', { spaceId })).status).toBe(404)
  })
})

describe('items', () => {
  it('are the apps that one may open, found by name, ID and type', async () => {
    const { cookie } = await tenant.login()
    const names = async (query: string) =>
      (await readAs(cookie, `/api/v1/items?${query}`)).body.data.map(({ name }) => name)
    expect(await names('')).toEqual(['Sales'])
    expect(await names('resourceType=app&resourceId=sales&name=SAL')).toEqual(['Sales'])
    for (const other of ['resourceType=dataset', 'resourceId=secret', 'name=x', 'spaceId=x'])
      expect(await names(other)).toEqual([])
    const [item] = (await readAs(cookie, '/api/v1/items')).body.data
    expect((await readAs(cookie, `/api/v1/items/${item?.id}`)).body).toEqual(item)
    expect((await readAs(cookie, '/api/v1/items/none')).status).toBe(404)
  })
})
