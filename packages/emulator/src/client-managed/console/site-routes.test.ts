import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { moviesAppId } from '../../engine/index.ts'
import { startSite, type TestSite } from '../testing/site.ts'

let test: TestSite
beforeAll(async () => {
  test = await startSite({ nodes: 2 })
})
afterAll(() => test.close())

interface Site {
  nodes: { id: string; name: string }[]
  virtualProxies: { id: string; prefix: string; linkedTo: string[]; sessions: number }[]
  sessions: { id: string; user: string; prefix: string; attributes: object[] }[]
  users: { id: string; userId: string; sessions: number }[]
  rules: { id: string; name: string; actions: string; disabled: boolean }[]
}

async function control(method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(`${test.url}/_emulator/api/client-managed${path}`, {
    method,
    headers: { authorization: `Bearer ${test.emulators.adminKey}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}
const readSite = async () => (await (await control('GET', '/site')).json()) as Site
const virtualProxy = async (prefix: string) =>
  (await readSite()).virtualProxies.find((one) => one.prefix === prefix)

const form = {
  description: 'Second',
  prefix: 'second',
  sessionInactivityTimeout: '30',
  sessionCookieHeaderName: 'X-Qlik-Session-second',
  authenticationMethod: '4',
  jwtAttributeUserId: 'userId',
  jwtAttributeUserDirectory: 'userDirectory',
  loadBalancingServerNodes: 'Central',
}

describe('virtual proxies', () => {
  it('are made and linked as in the QMC, and answer only then', async () => {
    const pem = test.key.certificatePem
    const refused = await control('POST', '/virtual-proxies', {
      ...form,
      prefix: 'Second',
      jwtPublicKeyCertificate: pem,
    })
    expect([refused.status, await refused.json()]).toMatchObject([400, { field: 'prefix' }])

    const line = pem.replaceAll('\n', '')
    const made = await control('POST', '/virtual-proxies', {
      ...form,
      jwtPublicKeyCertificate: line,
    })
    expect(made.status).toBe(201)
    const { id, notices } = (await made.json()) as { id: string; notices: { field: string }[] }
    expect(notices.map(({ field }) => field)).toEqual(['links', 'jwtPublicKeyCertificate'])
    const token = test.token()
    expect((await test.ask('/second/qps/user', { token })).status).toBe(400)

    const [central] = (await readSite()).nodes
    await control('PUT', `/virtual-proxies/${id}/links/${central?.id}`)
    expect((await test.ask('/second/qps/user', { token })).status).toBe(401)

    const saved = await control('POST', '/virtual-proxies', {
      ...form,
      id,
      jwtPublicKeyCertificate: pem,
    })
    expect([saved.status, await saved.json()]).toEqual([200, { id, notices: [] }])
    expect((await test.ask('/second/qps/user', { token })).status).toBe(200)
    expect(await virtualProxy('second')).toMatchObject({ linkedTo: [central?.id], sessions: 1 })

    expect((await control('DELETE', `/virtual-proxies/${id}`)).status).toBe(204)
    expect((await test.ask('/second/qps/user', { token })).status).toBe(400)
  })

  it('end their sessions when they are unlinked', async () => {
    const { cookie } = await test.logIn()
    const before = await virtualProxy('jwt')
    for (const nodeId of before?.linkedTo ?? [])
      await control('DELETE', `/virtual-proxies/${before?.id}/links/${nodeId}`)
    expect((await test.ask('/jwt/qps/user', { cookie })).status).toBe(400)
    for (const nodeId of before?.linkedTo ?? [])
      await control('PUT', `/virtual-proxies/${before?.id}/links/${nodeId}`)
    const user = await (await test.ask('/jwt/qps/user', { cookie })).text()
    expect(user).toContain('inactive')
  })

  it('keep the default one', async () => {
    const { id } = (await virtualProxy('')) ?? {}
    expect((await control('DELETE', `/virtual-proxies/${id}`)).status).toBe(404)
  })
})

describe('sessions and users', () => {
  it('are shown without the value of the cookie, and ended', async () => {
    const { cookie } = await test.logIn({ userId: 'carla', group: ['press', 'board'] })
    const answer = await (await control('GET', '/site')).text()
    expect(answer).not.toContain(cookie.split('=')[1])
    const session = (await readSite()).sessions.find(({ user }) => user === 'ACME\\carla')
    expect(session).toMatchObject({
      prefix: 'jwt',
      attributes: [{ name: 'group', values: ['press', 'board'] }],
    })
    expect((await control('DELETE', `/sessions/${session?.id}`)).status).toBe(204)
    expect((await control('DELETE', `/sessions/${session?.id}`)).status).toBe(404)
    expect(await (await test.ask('/jwt/qps/user', { cookie })).text()).toContain('inactive')
  })

  it('of a user end together, and who is blocked opens none', async () => {
    await test.logIn({ userId: 'dana' })
    await test.logIn({ userId: 'dana' })
    const dana = (await readSite()).users.find(({ userId }) => userId === 'dana')
    expect(dana?.sessions).toBe(2)
    const ended = await control('DELETE', `/users/${dana?.id}/sessions`)
    expect(await ended.json()).toEqual({ ended: 2 })
    await control('PATCH', `/users/${dana?.id}`, { blacklisted: true })
    const token = test.token({ userId: 'dana' })
    expect((await test.ask('/jwt/hub/', { token })).status).toBe(401)
    await control('PATCH', `/users/${dana?.id}`, { blacklisted: false })
    expect((await test.ask('/jwt/hub/', { token })).status).toBe(200)
  })
})

describe('rules', () => {
  it('are made, switched off, deleted, and decide at once', async () => {
    const { cookie, csrfToken } = await test.logIn({ userId: 'ada' })
    const opens = async () => {
      const socket = await test.open(`/jwt/app/${moviesAppId}?qlik-csrf-token=${csrfToken}`, {
        cookie,
      })
      const answer = await socket.call('OpenDoc', [moviesAppId])
      socket.socket.close()
      return answer.error === undefined
    }
    const ada = (await readSite()).users.find(({ userId }) => userId === 'ada')
    const audit = async () =>
      (await (await control('GET', `/audit/${ada?.id}`)).json()) as {
        attributes: string
        rows: object[]
      }
    expect(await opens()).toBe(true)
    expect(await audit()).toEqual({
      attributes: 'session',
      rows: [
        { kind: 'Stream', name: 'Everyone', isAllowed: true, rule: 'StreamEveryone' },
        { kind: 'App', name: 'Movies', isAllowed: true, rule: 'Stream' },
      ],
    })

    const everyone = (await readSite()).rules.find(({ name }) => name === 'StreamEveryone')
    await control('PATCH', `/rules/${everyone?.id}`, { disabled: true })
    expect(await opens()).toBe(false)
    expect((await audit()).rows[0]).toMatchObject({
      isAllowed: false,
      detail: expect.stringContaining('StreamEveryone: it is disabled'),
    })

    const made = await control('POST', '/rules', {
      name: 'Sales',
      resourceFilter: 'App_*',
      rule: 'user.environment.group = "sales"',
      actions: 2,
      ruleContext: 1,
    })
    expect(made.status).toBe(201)
    const { id } = (await made.json()) as { id: string }
    expect(await opens()).toBe(true)
    expect((await control('DELETE', `/rules/${id}`)).status).toBe(204)
    expect(await opens()).toBe(false)
    await control('PATCH', `/rules/${everyone?.id}`, { disabled: false })
  })

  it('say what they allow, and the longer list by what it lacks', async () => {
    const { rules } = await readSite()
    const of = (name: string) => rules.find((rule) => rule.name === name)?.actions
    expect([of('Stream'), of('Owner'), of('RootAdmin')]).toEqual([
      'read',
      'all but create, publish',
      'all',
    ])
  })

  it.each([
    [{ resourceFilter: 'App_*' }, 'name'],
    [{ name: 'A' }, 'resourceFilter'],
    [{ name: 'A', resourceFilter: 'App_*', rule: 'user.name = ' }, 'rule'],
  ])('are refused with %j', async (rule, field) => {
    const answer = await control('POST', '/rules', rule)
    expect([answer.status, await answer.json()]).toMatchObject([400, { field }])
  })
})

it('refuses what is not there, and what is not an object', async () => {
  for (const [method, path] of [
    ['PUT', '/virtual-proxies/none/links/none'],
    ['DELETE', '/users/none/sessions'],
    ['PATCH', '/users/none'],
    ['PATCH', '/rules/none'],
    ['DELETE', '/rules/none'],
    ['GET', '/audit/none'],
  ] as const)
    expect((await control(method, path)).status).toBe(404)
  for (const path of ['/virtual-proxies', '/rules'])
    expect((await control('POST', path, 1)).status).toBe(400)
})
