import { describe, expect, it } from 'vitest'
import { virtualProxyDefaults } from '../repository/virtual-proxy.ts'
import type { VirtualProxyChange } from '../repository/virtual-proxy-changes.ts'
import { type Answered, jwtBody, startQrs } from './qrs.fixture.ts'

async function created(qrs: ReturnType<typeof startQrs>, body: object = jwtBody) {
  const answer = await qrs.call('POST', '/qrs/virtualproxyconfig', { body })
  expect(answer.status, String(answer.body)).toBe(201)
  return answer.body as Answered
}

describe('a virtual proxy', () => {
  it('is created with the defaults of what was omitted, and read in both forms', async () => {
    const qrs = startQrs()
    const [node] = qrs.repository.nodes.list()
    const made = await created(qrs, { ...jwtBody, loadBalancingServerNodes: [{ id: node?.id }] })
    const { loadBalancingServerNodes, jwtAttributeMap, ...fields } = made
    const {
      loadBalancingServerNodes: _nodes,
      jwtAttributeMap: _map,
      ...expected
    } = {
      ...virtualProxyDefaults(),
      ...jwtBody,
    }
    expect(fields).toMatchObject(expected)
    expect(loadBalancingServerNodes).toEqual([
      { id: node?.id, name: 'Central', hostName: 'localhost', privileges: null },
    ])
    expect(jwtAttributeMap).toMatchObject(jwtBody.jwtAttributeMap)
    expect(made).toMatchObject({
      modifiedByUserName: 'EMULATOR\\administrator',
      schemaPath: 'VirtualProxyConfig',
      privileges: null,
    })
    expect(await qrs.get(`/qrs/virtualproxyconfig/${made.id}`)).toEqual(made)
    const condensed = (await qrs.list('/qrs/virtualproxyconfig')).find(({ id }) => id === made.id)
    expect(condensed).not.toHaveProperty('modifiedDate')
    expect(condensed).toMatchObject({ prefix: 'jwt' })
    expect(await qrs.list('/qrs/VirtualProxyConfig/full')).toContainEqual(made)
  })

  it('is available once it is linked, by the whole proxy service put back', async () => {
    const qrs = startQrs()
    const { id } = await created(qrs)
    const [node] = qrs.repository.nodes.list()
    const seen: VirtualProxyChange[] = []
    qrs.repository.onVirtualProxyChange((change) => seen.push(change))
    expect(qrs.repository.virtualProxyAt('jwt', node?.id ?? '')).toBeUndefined()
    const proxy = await qrs.get('/qrs/proxyservice/local')
    const settings = proxy.settings as { virtualProxies: object[] }
    const virtualProxies = [...settings.virtualProxies, { id }]
    const body = { ...proxy, settings: { ...settings, virtualProxies } }
    const answer = await qrs.call('PUT', `/qrs/proxyservice/${proxy.id}`, { body })
    expect(answer.status).toBe(200)
    expect(qrs.repository.virtualProxyAt('jwt', node?.id ?? '')?.id).toBe(id)
    expect(seen).toEqual([{ kind: 'linked', virtualProxyId: id, nodeId: node?.id }])
    // A link that the body omits is gone.
    await qrs.call('PUT', `/qrs/proxyservice/${proxy.id}`, {
      body: { ...(answer.body as object), settings },
    })
    expect(seen.at(-1)).toEqual({ kind: 'unlinked', virtualProxyId: id, nodeId: node?.id })
  })

  it('is changed by the whole entity, and what the body omits goes back to its default', async () => {
    const qrs = startQrs()
    const made = await created(qrs)
    const seen: VirtualProxyChange[] = []
    qrs.repository.onVirtualProxyChange((change) => seen.push(change))
    const path = `/qrs/virtualproxyconfig/${made.id}`
    const changed = await qrs.call('PUT', path, { body: { ...made, jwtAudience: 'acme' } })
    expect(changed.status).toBe(200)
    expect(seen).toEqual([{ kind: 'changed', virtualProxyId: made.id, fields: ['jwtAudience'] }])
    const { modifiedDate } = changed.body as Answered
    const { id, prefix, sessionCookieHeaderName } = made
    const body = { id, modifiedDate, prefix, sessionCookieHeaderName }
    expect((await qrs.call('PUT', path, { body })).body).toMatchObject({
      authenticationMethod: 0,
      jwtAudience: '',
    })
    qrs.switches.qrsOmittedFields = 'kept'
    const now = { ...body, modifiedDate: '2099-01-01T00:00:00Z', authenticationMethod: 'JWT' }
    await qrs.call('PUT', path, { body: now })
    const last = { ...body, modifiedDate: '2099-01-01T00:00:00Z' }
    expect((await qrs.call('PUT', path, { body: last })).body).toMatchObject({
      authenticationMethod: 4,
    })
  })

  it('conflicts when somebody else was faster, and only then', async () => {
    const qrs = startQrs()
    const made = await created(qrs)
    const path = `/qrs/virtualproxyconfig/${made.id}`
    expect((await qrs.call('PUT', path, { body: { ...made, description: 'first' } })).status).toBe(
      200,
    )
    const second = await qrs.call('PUT', path, { body: { ...made, description: 'second' } })
    expect(second.status).toBe(409)
    expect((await qrs.get(path)).description).toBe('first')
    // A date in the future forces the write, as some clients do.
    const forced = { ...made, description: 'forced', modifiedDate: '2099-01-01T00:00:00Z' }
    expect((await qrs.call('PUT', path, { body: forced })).status).toBe(200)
  })

  it.each([
    [{ sessionCookieHeaderName: undefined }, 'sessionCookieHeaderName is required'],
    [{ sessionCookieHeaderName: 'a b' }, 'name of a cookie'],
    [{ prefix: 'Jwt' }, 'lower-case'],
    [{ prefix: 'a/b' }, 'lower-case'],
    [{ prefix: 7 }, 'prefix is not a string'],
    [{ authenticationMethod: 6 }, 'authenticationMethod is none of 0 Ticket'],
    [{ sessionInactivityTimeout: 0 }, 'whole number from 1'],
    [{ headerAuthenticationHeaderName: 'X-Qlik-Userheader' }, 'Qlik Sense uses itself'],
    [{ jwtAttributeMap: [{ jwtAttribute: 'group' }] }, 'senseAttribute is required'],
    [{ jwtAttributeMap: 'group' }, 'is not a list'],
    [{ loadBalancingServerNodes: [{ id: 'none' }] }, 'not the ID of a ServerNodeConfiguration'],
    [{ websocketCrossOriginWhiteList: [1] }, 'websocketCrossOriginWhiteList[0] is not a string'],
    [{ tags: [{}] }, 'tags[0] has no id'],
  ])('is refused with 400 for a wrong field: %o', async (change, problem) => {
    const qrs = startQrs()
    const body = { ...jwtBody, ...change }
    const answer = await qrs.call('POST', '/qrs/virtualproxyconfig', { body })
    expect(answer.status).toBe(400)
    expect(answer.body).toContain(problem)
    expect(qrs.repository.virtualProxies.list()).toHaveLength(1)
  })

  it.each([400, 409] as const)(
    'is refused with %i when prefix or cookie is taken',
    async (status) => {
      const qrs = startQrs()
      qrs.switches.qrsDuplicateStatus = status
      await created(qrs)
      for (const change of [{ prefix: 'other' }, { sessionCookieHeaderName: 'X-Other' }]) {
        const body = { ...jwtBody, ...change }
        const answer = await qrs.call('POST', '/qrs/virtualproxyconfig', { body })
        expect(answer.status).toBe(status)
        expect(answer.body).toContain('exists already')
      }
      const other = await created(qrs, { prefix: 'x', sessionCookieHeaderName: 'X-Other' })
      const body = { ...other, prefix: 'jwt' }
      expect((await qrs.call('PUT', `/qrs/virtualproxyconfig/${other.id}`, { body })).status).toBe(
        status,
      )
    },
  )

  it('is deleted with its links, but never the default one', async () => {
    const qrs = startQrs()
    const { id } = await created(qrs)
    qrs.repository.link(id)
    expect((await qrs.call('DELETE', `/qrs/virtualproxyconfig/${id}`)).status).toBe(204)
    expect((await qrs.call('GET', `/qrs/virtualproxyconfig/${id}`)).status).toBe(404)
    const [proxy] = await qrs.list('/qrs/proxyservice/full')
    expect(proxy?.settings).toMatchObject({ virtualProxies: [{ prefix: '' }] })
    const [first] = qrs.repository.virtualProxies.list()
    expect((await qrs.call('DELETE', `/qrs/virtualproxyconfig/${first?.id}`)).status).toBe(400)
  })

  it.each([
    [{ id: 'other' }, 400],
    [{ modifiedDate: undefined }, 400],
    [{ modifiedDate: 'yesterday' }, 400],
  ])('wants its own id and a date in the body: %o', async (change, status) => {
    const qrs = startQrs()
    const made = await created(qrs)
    const body = { ...made, ...change }
    expect((await qrs.call('PUT', `/qrs/virtualproxyconfig/${made.id}`, { body })).status).toBe(
      status,
    )
  })

  it('answers 200 to its creation where that is chosen', async () => {
    const qrs = startQrs()
    qrs.switches.qrsCreateStatus = 200
    const answer = await qrs.call('POST', '/qrs/virtualproxyconfig', { body: jwtBody })
    expect(answer.status).toBe(200)
  })
})

describe('somebody without the right', () => {
  it('sees no virtual proxy, changes none, and may with a rule for them alone', async () => {
    const qrs = startQrs()
    const made = await created(qrs)
    const as = qrs.userNamed('service')
    const path = `/qrs/virtualproxyconfig/${made.id}`
    expect((await qrs.call('GET', '/qrs/virtualproxyconfig', { as })).body).toEqual([])
    expect((await qrs.call('GET', path, { as })).status).toBe(403)
    qrs.switches.qrsUnreadable = 404
    expect((await qrs.call('GET', path, { as })).status).toBe(404)
    expect(
      (await qrs.call('POST', '/qrs/virtualproxyconfig', { as, body: { ...jwtBody, prefix: 'n' } }))
        .status,
    ).toBe(403)

    const rule = {
      name: 'Rotate the key',
      category: 'Security',
      rule: 'user.userId = "service" and user.userDirectory = "ACME"',
      resourceFilter: `VirtualProxyConfig_${made.id}`,
      actions: 6,
      ruleContext: 2,
    }
    const added = await qrs.call('POST', '/qrs/systemrule', { body: rule })
    expect(added.body).toMatchObject({ ...rule, type: 'Custom' })
    const body = { ...made, jwtPublicKeyCertificate: 'new' }
    const changed = await qrs.call('PUT', path, { as, body })
    expect([changed.status, changed.body]).toMatchObject([200, { jwtPublicKeyCertificate: 'new' }])
    expect((await qrs.call('DELETE', path, { as })).status).toBe(403)
    expect(qrs.refusals.at(-1)?.detail).toContain('Rotate the key: action')
    // The rule is for the management console alone.
    expect((await qrs.call('GET', path, { as, context: 'hub' })).status).toBe(404)
    const list = await qrs.call('GET', '/qrs/virtualproxyconfig?privileges=true', { as })
    expect(list.body).toMatchObject([{ id: made.id, privileges: ['read', 'update'] }])
  })
})
