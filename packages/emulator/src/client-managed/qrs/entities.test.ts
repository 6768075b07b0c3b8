import { describe, expect, it } from 'vitest'
import { type Answered, startQrs } from './qrs.fixture.ts'

async function make(qrs: ReturnType<typeof startQrs>, path: string, body: object) {
  const answer = await qrs.call('POST', `/qrs/${path}`, { body })
  expect(answer.status, String(answer.body)).toBe(201)
  return answer.body as Answered
}

describe('lists', () => {
  it('come in the order asked for, as far as the limit', async () => {
    const qrs = startQrs()
    for (const name of ['b', 'C', 'a']) await make(qrs, 'tag', { name })
    const names = async (query: string) =>
      (await qrs.list(`/qrs/tag?${query}`)).map(({ name }) => name)
    expect(await names('orderby=name')).toEqual(['a', 'b', 'C'])
    expect(await names('orderBy=name%20desc')).toEqual(['C', 'b', 'a'])
    qrs.switches.qrsRecordLimit = 2
    expect(await names('orderby=name%20asc,id')).toEqual(['a', 'b'])
    expect((await qrs.call('GET', '/qrs/tag?orderby=nothing')).body).toBe(
      'Cannot parse the expression: nothing',
    )
  })

  it('count as an object or as a number', async () => {
    const qrs = startQrs()
    expect(await qrs.get('/qrs/user/count')).toEqual({ value: 3 })
    qrs.switches.qrsCountForm = 'number'
    expect(await qrs.get('/qrs/user/count')).toBe(3)
  })

  it('have pages as tables', async () => {
    const qrs = startQrs()
    const column = (name: string, definition: string) => ({
      name,
      columnType: 'Property',
      definition,
    })
    const body = {
      entity: 'User',
      columns: [column('id', 'userId'), column('roles', 'roles'), column('date', 'createdDate')],
    }
    const page = (query: string, given: object = body) =>
      qrs.call('POST', `/qrs/user/table?${query}`, { body: given })
    const first = await page('sortColumn=id&orderAscending=false&skip=1&take=1')
    expect(first.status).toBe(201)
    expect(first.body).toEqual({
      columnNames: ['id', 'roles', 'date'],
      rows: [['sa_api', 'RootAdmin', '2026-01-01T00:00:00.000Z']],
    })
    expect((await page('skip=0')).body).toMatchObject({ rows: { length: 3 } })
    const wrong = { columns: [column('x', 'nothing')] }
    expect((await page('skip=0', wrong)).body).toBe('Cannot parse the expression: nothing')
    expect((await page('skip=0', { columns: [] })).status).toBe(400)
  })

  it('are refused where an & was not escaped', async () => {
    const answer = await startQrs().call('GET', "/qrs/tag?filter=name%20eq%20'R&D'")
    expect([answer.status, answer.body]).toEqual([400, 'Missing parameter value(s)'])
  })
})

describe('users', () => {
  it('are created, found in any case, and blocked', async () => {
    const qrs = startQrs()
    const body = { userId: 'ada', userDirectory: 'ACME', name: 'Ada', roles: ['AuditAdmin'] }
    const ada = await make(qrs, 'user', body)
    expect(ada).toMatchObject({ ...body, inactive: false, blacklisted: false, schemaPath: 'User' })
    const again = { userId: 'ADA', userDirectory: 'acme' }
    expect((await qrs.call('POST', '/qrs/user', { body: again })).status).toBe(400)
    const change = { ...ada, blacklisted: true }
    expect((await qrs.call('PUT', `/qrs/user/${ada.id}`, { body: change })).status).toBe(200)
    expect(qrs.repository.findUser({ directory: 'ACME', id: 'ada' })?.blacklisted).toBe(true)
    expect((await qrs.call('POST', '/qrs/user', { body: { userId: 'x' } })).status).toBe(400)
    expect((await qrs.call('DELETE', `/qrs/user/${ada.id}`)).status).toBe(204)
    const account = qrs.repository.findUser({ directory: 'INTERNAL', id: 'sa_api' })
    expect((await qrs.call('DELETE', `/qrs/user/${account?.id}`)).status).toBe(400)
  })

  it('need a right of its own to change roles', async () => {
    const qrs = startQrs()
    const as = qrs.userNamed('helpdesk')
    const rule = {
      name: 'Help desk',
      rule: 'user.userId="helpdesk"',
      resourceFilter: 'User_*',
      actions: 6,
    }
    await make(qrs, 'systemrule', rule)
    const ada = await make(qrs, 'user', { userId: 'ada', userDirectory: 'ACME' })
    const path = `/qrs/user/${ada.id}`
    const renamed = await qrs.call('PUT', path, { as, body: { ...ada, name: 'Ada L.' } })
    expect(renamed.status).toBe(200)
    const promoted = { ...(renamed.body as object), roles: ['RootAdmin'] }
    expect((await qrs.call('PUT', path, { as, body: promoted })).status).toBe(403)
  })
})

describe('rules', () => {
  it('hide an app once the rule of its stream is disabled', async () => {
    const qrs = startQrs()
    const as = qrs.userNamed('ada')
    const apps = async () => (await qrs.call('GET', '/qrs/app', { as, context: 'hub' })).body
    expect(await apps()).toMatchObject([{ name: 'Movies', stream: { name: 'Everyone' } }])
    const rules = await qrs.list("/qrs/systemrule/full?filter=name%20eq%20'StreamEveryone'")
    const [rule] = rules
    const body = { ...rule, disabled: true }
    const changed = await qrs.call('PUT', `/qrs/systemrule/${rule?.id}`, { body })
    expect(changed.body).toMatchObject({ disabled: true, type: 'Custom' })
    expect(await apps()).toEqual([])
  })

  it('are refused with a condition that cannot be read, and where they are read only', async () => {
    const qrs = startQrs()
    const body = { name: 'x', resourceFilter: '*', actions: 2, rule: 'user.name = ' }
    const answer = await qrs.call('POST', '/qrs/systemrule', { body })
    expect([answer.status, answer.body]).toEqual([400, 'Cannot parse the expression: user.name = '])
    expect(qrs.refusals.at(-1)?.detail).toContain('at character 12')
    const [rule] = await qrs.list("/qrs/systemrule/full?filter=name%20eq%20'RootAdmin'")
    const path = `/qrs/systemrule/${rule?.id}`
    expect((await qrs.call('PUT', path, { body: { ...rule, disabled: true } })).status).toBe(403)
    expect((await qrs.call('DELETE', path)).status).toBe(403)
    const named = await make(qrs, 'systemrule', { ...body, rule: '', ruleContext: 'QMCOnly' })
    expect(named.ruleContext).toBe(2)
  })
})

describe('streams, apps, tags and custom properties', () => {
  it('belong to who creates them, and take published apps', async () => {
    const qrs = startQrs()
    // As qlik-repo-api sends it.
    const sales = await make(qrs, 'stream', { name: 'Sales', owner: {} })
    expect(sales.owner).toMatchObject({ userId: 'administrator' })
    const [app] = await qrs.list('/qrs/app/full')
    const path = `/qrs/app/${app?.id}`
    qrs.advance(1000)
    const published = await qrs.call('PUT', `${path}/publish?stream=${sales.id}`)
    expect(published.body).toMatchObject({
      stream: { name: 'Sales' },
      publishTime: '2026-01-01T00:00:01.000Z',
    })
    expect((await qrs.call('PUT', `${path}/publish`)).status).toBe(400)
    expect((await qrs.call('PUT', `${path}/publish?stream=none`)).status).toBe(404)
    // An app is changed as any entity, but for its stream.
    const body = { ...(published.body as object), description: 'Films', stream: null }
    expect((await qrs.call('PUT', path, { body })).body).toMatchObject({
      description: 'Films',
      stream: { name: 'Sales' },
    })
  })

  it('are attached where the custom property allows it, with one of its values', async () => {
    const qrs = startQrs()
    const tag = await make(qrs, 'tag', { name: 'Checked' })
    const definition = await make(qrs, 'custompropertydefinition', {
      name: 'Region',
      choiceValues: ['North'],
      objectTypes: ['App'],
    })
    const [app] = await qrs.list('/qrs/app/full')
    const path = `/qrs/app/${app?.id}`
    const put = (value: string, at = path, entity: object = app ?? {}) =>
      qrs.call('PUT', at, {
        body: { ...entity, tags: [{ id: tag.id }], customProperties: [{ definition, value }] },
      })
    expect((await put('South')).body).toContain('none of the values')
    expect((await put('North')).body).toMatchObject({
      tags: [{ name: 'Checked' }],
      customProperties: [{ value: 'North', definition: { name: 'Region' } }],
    })
    expect(await qrs.list("/qrs/app?filter=customProperties.value%20eq%20'north'")).toHaveLength(1)
    const [stream] = await qrs.list('/qrs/stream/full')
    const refused = await put('North', `/qrs/stream/${stream?.id}`, stream)
    expect(refused.body).toContain('not a custom property of Stream')
    await qrs.call('DELETE', `/qrs/tag/${tag.id}`)
    await qrs.call('DELETE', `/qrs/custompropertydefinition/${definition.id}`)
    expect(await qrs.get(path)).toMatchObject({ tags: [], customProperties: [] })
  })

  it.each([
    ['tag', { name: '' }],
    ['tag', { name: 'Twice' }],
    ['custompropertydefinition', { name: 'with space' }],
    ['custompropertydefinition', { name: 'Twice' }],
    ['stream', { name: '' }],
  ])('of %s are refused: %o', async (path, body) => {
    const qrs = startQrs()
    if (path !== 'stream') await make(qrs, path, { name: 'twice' })
    expect((await qrs.call('POST', `/qrs/${path}`, { body })).status).toBe(400)
  })
})

describe('the licence', () => {
  it('counts who has access', async () => {
    const qrs = startQrs()
    const [user] = qrs.repository.users.list()
    const body = { user: { id: user?.id } }
    const given = await make(qrs, 'license/professionalaccesstype', body)
    expect(given).toMatchObject({ user: { userId: 'administrator' }, quarantined: false })
    const path = '/qrs/license/professionalAccessType'
    expect((await qrs.call('POST', path, { body })).status).toBe(400)
    expect((await qrs.call('POST', path, { body: {} })).body).toBe('user is required')
    expect(await qrs.get('/qrs/license/accesstypeoverview')).toMatchObject({
      professionalAccess: { total: 1000, allocated: 1, available: 999 },
      analyzerAccess: { allocated: 0 },
    })
    expect((await qrs.call('DELETE', `${path}/${given.id}`)).status).toBe(204)
    expect(await qrs.list('/qrs/license/analyzeraccesstype/full')).toEqual([])
  })
})

describe('what QRS says of itself', () => {
  it('are release, enumerations and defaults', async () => {
    const qrs = startQrs()
    expect(await qrs.get('/qrs/about')).toMatchObject({ schemaPath: 'About' })
    expect(await qrs.get('/qrs/about/api/enums')).toMatchObject({
      AuthenticationMethodEnum: {
        values: expect.arrayContaining(['4: JWT']),
        usages: ['VirtualProxyConfig.AuthenticationMethod'],
      },
    })
    expect(await qrs.get('/qrs/about/api/default/VirtualProxyConfig')).toMatchObject({
      sessionInactivityTimeout: 30,
      windowsAuthenticationEnabledDevicePattern: 'Windows',
      authenticationMethod: 0,
    })
    for (const path of ['datacollection/settings', 'extension/schema', 'license'])
      expect((await qrs.call('GET', `/qrs/${path}`)).status, path).toBe(200)
    for (const path of ['about/api/default/Nothing', 'reloadtask'])
      expect((await qrs.call('GET', `/qrs/${path}`)).status, path).toBe(404)
  })

  it('are the services of each node', async () => {
    const statuses = await startQrs({ nodes: ['Central', 'Rim'] }).list('/qrs/servicestatus/full')
    expect(statuses).toHaveLength(8)
    expect(statuses[1]).toMatchObject({
      serviceType: 1,
      serviceState: 2,
      serverNodeConfiguration: { name: 'Central' },
    })
  })
})
