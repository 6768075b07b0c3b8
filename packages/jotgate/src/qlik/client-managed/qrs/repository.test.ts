import { afterEach, describe, expect, it } from 'vitest'
import {
  byRoute,
  type ReceivedRequest,
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from '../../scripted-server.fixture.ts'
import { createSession } from '../../session.ts'
import type { RepositoryOptions } from './qrs-calls.ts'
import { createRepository, type Repository } from './repository.ts'

const proxy = { id: 'vp-1', prefix: 'jwt', sessionCookieHeaderName: 'X-Qlik-Session-jwt' }
const service = {
  id: 'ps-1',
  modifiedDate: '2026-11-28T00:00:00.000Z',
  serverNodeConfiguration: { id: 'n-1', name: 'Central', hostName: 'central' },
  settings: { restListenPort: 4243, listenPort: 443, virtualProxies: [{ id: 'vp-0', prefix: '' }] },
}

let server: ScriptedServer
afterEach(() => server.close())
const last = () => server.requests.at(-1) as ReceivedRequest
const queryOf = ({ path }: ReceivedRequest) => new URL(path, server.url).searchParams

const ways: Readonly<Record<string, (url: string) => RepositoryOptions>> = {
  'a client certificate': (url) => ({ url, user: { directory: 'IN;X', id: 'sa api' } }),
  'a virtual proxy': (url) => ({
    session: createSession({
      deployment: { product: 'client-managed', url, prefix: 'svc' },
      openedAt: 0,
      cookies: new Map([['a', 'b']]),
    }),
  }),
}

describe.each(Object.entries(ways))('the repository by %s', (way, optionsFor) => {
  const base = way === 'a virtual proxy' ? '/svc' : ''
  let repository: Repository
  async function start(routes: Record<string, Script>): Promise<void> {
    const based = Object.entries(routes).map(([route, script]) => [
      route.replace('/qrs', `${base}/qrs`),
      script,
    ])
    server = await startScriptedServer(byRoute(Object.fromEntries(based)))
    repository = createRepository(optionsFor(server.url))
  }

  it('is called with the key twice, and in the name of one user', async () => {
    await start({ 'GET /qrs/about': () => ({ body: { buildVersion: '30.4.0.0' } }) })
    expect(await repository.getVersion()).toBe('30.4.0.0')
    expect(queryOf(last()).get('xrfkey')).toMatch(/^[0-9A-Za-z]{16}$/)
    expect(last().headers['x-qlik-xrfkey']).toBe(queryOf(last()).get('xrfkey'))
    const isSession = way === 'a virtual proxy'
    expect(last().headers.cookie).toBe(isSession ? 'a=b' : undefined)
    expect(last().headers['x-qlik-user']).toBe(
      isSession ? undefined : 'UserDirectory=IN%3BX; UserId=sa%20api',
    )
  })

  it('lists, creates, changes and deletes virtual proxies', async () => {
    await start({
      'GET /qrs/virtualproxyconfig/full': () => ({ body: [proxy] }),
      'GET /qrs/virtualproxyconfig/vp-1': () => ({ body: proxy }),
      'POST /qrs/virtualproxyconfig': () => ({ status: 201, body: proxy }),
      'PUT /qrs/virtualproxyconfig/vp-1': ({ body }) => ({ body: JSON.parse(body) }),
      'DELETE /qrs/virtualproxyconfig/vp-1': () => ({ status: 204 }),
    })
    expect(await repository.listVirtualProxies()).toEqual([proxy])
    const made = { prefix: 'jwt', description: '', sessionCookieHeaderName: 'X' }
    expect(await repository.createVirtualProxy(made)).toEqual(proxy)
    expect(JSON.parse(last().body)).toEqual(made)
    const read = await repository.getVirtualProxy('vp-1')
    const changed = await repository.updateVirtualProxy({ ...read, description: 'new' })
    expect(changed).toEqual({ ...proxy, description: 'new' })
    await repository.deleteVirtualProxy('vp-1')
    expect(last()).toMatchObject({ method: 'DELETE', body: '' })
  })

  it('links a virtual proxy once, and keeps all else of the proxy service', async () => {
    let stored: typeof service = service
    await start({
      'GET /qrs/proxyservice/ps-1': () => ({ body: stored }),
      'PUT /qrs/proxyservice/ps-1': ({ body }) => {
        stored = JSON.parse(body)
        return { body: stored }
      },
    })
    await repository.linkVirtualProxy('ps-1', 'vp-1')
    const virtualProxies = [{ id: 'vp-0', prefix: '' }, { id: 'vp-1' }]
    expect(stored).toEqual({ ...service, settings: { ...service.settings, virtualProxies } })
    const writes = () => server.requests.filter(({ method }) => method === 'PUT').length
    await repository.linkVirtualProxy('ps-1', 'vp-1')
    expect(writes()).toBe(1)
    await repository.unlinkVirtualProxy('ps-1', 'vp-1')
    await repository.unlinkVirtualProxy('ps-1', 'vp-1')
    expect(writes()).toBe(2)
    expect(stored).toEqual(service)
  })

  it('lists, makes, changes and deletes tags and security rules', async () => {
    const tag = { id: 't-1', name: 'Sales' }
    const rule = { id: 'r-1', name: 'a', resourceFilter: 'App_*', rule: '', actions: 2 }
    await start({
      'GET /qrs/tag/full': () => ({ body: [tag] }),
      'POST /qrs/tag': () => ({ status: 201, body: tag }),
      'DELETE /qrs/tag/t-1': () => ({ status: 204 }),
      'GET /qrs/systemrule/full': () => ({ body: [rule] }),
      'POST /qrs/systemrule': () => ({ status: 201, body: rule }),
      'PUT /qrs/systemrule/r-1': ({ body }) => ({ body: JSON.parse(body) }),
      'DELETE /qrs/systemrule/r-1': () => ({ status: 204 }),
    })
    expect(await repository.listTags("name eq 'Sales'")).toEqual([tag])
    expect(queryOf(last()).get('filter')).toBe("name eq 'Sales'")
    expect(await repository.createTag('Sales')).toEqual(tag)
    expect(JSON.parse(last().body)).toEqual({ name: 'Sales' })
    await repository.deleteTag('t-1')
    expect(await repository.listSecurityRules()).toEqual([rule])
    const { id: _id, ...made } = rule
    expect(await repository.createSecurityRule(made)).toEqual(rule)
    expect(JSON.parse(last().body)).toMatchObject({ ...made, category: 'Security' })
    const disabled = { ...rule, ruleContext: 0, comment: '', disabled: true }
    expect(await repository.updateSecurityRule(disabled)).toEqual(disabled)
    await repository.deleteSecurityRule('r-1')
    expect(last()).toMatchObject({ method: 'DELETE', body: '' })
  })

  it.each([
    [
      ['Read', 'Update'],
      ['read', 'update'],
    ],
    [null, undefined],
  ])('reads the privileges %j of an entity', async (privileges, expected) => {
    await start({ 'GET /qrs/proxyservice/ps-1': () => ({ body: { ...service, privileges } }) })
    expect(await repository.readPrivileges('proxyservice', 'ps-1')).toEqual(expected)
    expect(queryOf(last()).get('privileges')).toBe('true')
  })

  it('lists proxy services, nodes and users, these by a filter', async () => {
    const user = { id: 'u', userDirectory: 'ACME', userId: 'ada' }
    await start({
      'GET /qrs/proxyservice/full': () => ({ body: [service] }),
      'GET /qrs/servernodeconfiguration/full': () => ({ body: [{ id: 'n', hostName: 'a' }] }),
      'GET /qrs/user/full': () => ({ body: [user] }),
    })
    expect(await repository.listProxyServices()).toEqual([service])
    expect(await repository.listNodes()).toHaveLength(1)
    const filter = "userId eq 'a&d#a+' and userDirectory eq 'ACME'"
    expect(await repository.listUsers(filter)).toEqual([user])
    expect(queryOf(last()).get('filter')).toBe(filter)
    expect(last().path).toContain('filter=userId%20eq%20')
  })

  it.each([{ value: 120 }, 120])('takes no list that was cut off (%j)', async (count) => {
    const users = Array.from({ length: 100 }, (_, at) => ({
      id: `u${at}`,
      userDirectory: 'A',
      userId: `${at}`,
    }))
    await start({
      'GET /qrs/user/full': () => ({ body: users }),
      'GET /qrs/user/count': () => ({
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(count),
      }),
    })
    await expect(repository.listUsers()).rejects.toMatchObject({
      message: expect.stringContaining('100 of 120 entities'),
    })
  })

  it.each([
    [400, 'ERR_QLIK_REFUSED', /not encoded/],
    [401, 'ERR_QLIK_NOT_LOGGED_IN', /session has ended|client certificate/],
    [403, 'ERR_QLIK_REFUSED', /security rules/],
    [409, 'ERR_QLIK_REFUSED', /somebody else has changed it/],
    [500, 'ERR_QLIK_FAILED', /Qlik’s side/],
  ])('says what %i may come from, with its own words', async (status, code, hint) => {
    await start({ 'GET /qrs/user/full': () => ({ status, body: 'Plain words.' }) })
    await expect(repository.listUsers()).rejects.toMatchObject({
      code,
      message: expect.stringContaining('Plain words'),
      hint: expect.stringMatching(hint),
    })
  })

  it.each([{}, [1], [{ id: 'x' }], 'text'])('takes %j for no list of users', async (body) => {
    await start({ 'GET /qrs/user/full': () => ({ body }) })
    await expect(repository.listUsers()).rejects.toMatchObject({ code: 'ERR_QLIK_ANSWER' })
  })

  it('sends no ID that leads elsewhere', async () => {
    await start({})
    for (const id of ['', '..', 'a/b', 'a?b'])
      await expect(repository.getVirtualProxy(id)).rejects.toMatchObject({
        code: 'ERR_QLIK_OPTION',
      })
    expect(server.requests).toEqual([])
  })
})

it('refuses a user that is none, and an address with a path', async () => {
  server = await startScriptedServer(() => ({}))
  const { url } = server
  for (const options of [
    { url, user: { directory: '', id: 'x' } },
    { url, user: undefined as unknown as { directory: string; id: string } },
    { url: `${url}/qrs`, user: { directory: 'D', id: 'x' } },
  ])
    expect(() => createRepository(options)).toThrow(
      expect.objectContaining({ code: 'ERR_QLIK_OPTION' }),
    )
})
