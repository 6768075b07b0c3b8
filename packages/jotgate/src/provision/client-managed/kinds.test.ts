import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRepository, type Repository } from '../../qlik/index.ts'
import {
  byRoute,
  type ScriptedServer,
  startScriptedServer,
} from '../../qlik/scripted-server.fixture.ts'
import type { Kind } from '../kind.ts'
import { proxyLinkKind } from './proxy-link.ts'
import { securityRuleKind } from './security-rules.ts'
import { virtualProxyKind } from './virtual-proxy.ts'

const setupId = '5f2c90ab'
const mark = '[jotgate 5f2c90ab]'
const modifiedDate = '2026-11-28T00:00:00.000Z'

const tag = (name: string) => ({ id: `tag ${name}`, name })
const proxy = (prefix: string, more: object = {}) => ({
  id: `vp-${prefix}`,
  modifiedDate,
  prefix,
  description: '',
  authenticationMethod: 4,
  sessionCookieHeaderName: `X-${prefix}`,
  tags: [],
  somethingNewer: { kept: true },
  ...more,
})

let server: ScriptedServer
let repository: Repository
let proxies: object[]
let tags: { id: string; name: string }[]
let rules: object[]
let virtualProxies: Kind

beforeEach(async () => {
  proxies = [proxy('', { defaultVirtualProxy: true })]
  tags = []
  rules = []
  server = await startScriptedServer(
    byRoute({
      'GET /qrs/virtualproxyconfig/full': () => ({ body: proxies }),
      'POST /qrs/virtualproxyconfig': ({ body }) => ({
        status: 201,
        body: { id: 'new', ...JSON.parse(body) },
      }),
      'PUT /qrs/virtualproxyconfig/vp-jwt': ({ body }) => ({ body: JSON.parse(body) }),
      'DELETE /qrs/virtualproxyconfig/vp-jwt': () => ({ status: 204 }),
      'GET /qrs/servernodeconfiguration/full': () => ({
        body: [{ id: 'n-1', name: 'Central', hostName: 'central' }],
      }),
      'GET /qrs/tag/full': () => ({ body: tags }),
      'POST /qrs/tag': ({ body }) => ({ status: 201, body: { id: 'tag-1', ...JSON.parse(body) } }),
      'DELETE /qrs/tag/tag-1': () => ({ status: 204 }),
      'GET /qrs/proxyservice/full': () => ({
        body: [
          {
            id: 'ps-1',
            serverNodeConfiguration: { id: 'n-1', name: 'Central', hostName: 'central' },
            settings: {
              restListenPort: 4243,
              virtualProxies: ['', 'jwt', 'other', 'theirs'].map((prefix) => ({
                id: `vp-${prefix}`,
                prefix,
              })),
            },
          },
        ],
      }),
      'GET /qrs/systemrule/full': () => ({ body: rules }),
      'PUT /qrs/systemrule/r-1': ({ body }) => ({ body: JSON.parse(body) }),
      'POST /qrs/systemrule': ({ body }) => ({
        status: 201,
        body: { id: 'r', ...JSON.parse(body) },
      }),
    }),
  )
  const user = { directory: 'INTERNAL', id: 'sa_api' }
  repository = createRepository({ url: server.url, user })
  virtualProxies = virtualProxyKind({ repository, setupId })
})
afterEach(() => server.close())

const writes = () =>
  server.requests
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path, body }) => ({
      call: `${method} ${new URL(path, server.url).pathname}`,
      body: body === '' ? undefined : JSON.parse(body),
    }))

async function firstOf(kind: Kind, key: string) {
  const found = (await kind.list()).find((one) => one.key === key)
  if (found === undefined) throw new Error(`there is no ${key}`)
  return found
}

describe('virtual proxies', () => {
  it('are told apart by their tags, and the default one is the server’s own', async () => {
    proxies.push(
      proxy('jwt', { tags: [tag('Sales'), tag('[jotgate 99999999]'), tag(mark)] }),
      proxy('other', { tags: [tag('[jotgate 99999999]')] }),
      proxy('theirs', { tags: [tag('Sales')] }),
    )
    const owners = (await virtualProxies.list()).map(({ key, owner }) => [key, owner])
    expect(owners).toEqual([
      ['', 'deployment'],
      ['jwt', 'this-setup'],
      ['other', 'another-setup'],
      ['theirs', 'unmarked'],
    ])
  })

  it('are read by the names that people know, and with what older releases do not have', async () => {
    proxies.push(
      proxy('jwt', {
        sameSiteAttributeHttps: 1,
        loadBalancingServerNodes: [{ id: 'n-1' }, { id: 'gone', name: 'Gone' }],
        websocketCrossOriginWhiteList: ['WWW.acme.example'],
        additionalResponseHeaders: 'A: b\r\nC: d\n',
        jwtAttributeMap: [
          { id: 'm', jwtAttribute: 'group', senseAttribute: 'group', isMandatory: false },
        ],
      }),
    )
    expect((await firstOf(virtualProxies, 'jwt')).fields).toMatchObject({
      authenticationMethod: 'JWT',
      sameSiteAttributeHttps: 'None',
      sameSiteAttributeHttp: 'NoAttribute',
      loadBalancingServerNodes: ['Central', 'Gone'],
      websocketCrossOriginWhiteList: ['www.acme.example'],
      additionalResponseHeaders: ['A: b', 'C: d'],
      jwtAttributeMap: [{ jwtAttribute: 'group', senseAttribute: 'group', isMandatory: false }],
      jwtAudience: '',
    })
  })

  it('are made with a new tag, and nodes by their IDs', async () => {
    await virtualProxies.create({
      kind: 'virtual proxy',
      key: 'jwt',
      fields: {
        prefix: 'jwt',
        description: 'd',
        sessionCookieHeaderName: 'X',
        authenticationMethod: 'JWT',
        anonymousAccessMode: 'NoAnonymousUser',
        loadBalancingServerNodes: ['Central'],
        additionalResponseHeaders: ['A: b', 'C: d'],
      },
      because: 'a test',
    })
    expect(writes()).toEqual([
      { call: 'POST /qrs/tag', body: { name: mark } },
      {
        call: 'POST /qrs/virtualproxyconfig',
        body: {
          prefix: 'jwt',
          description: 'd',
          sessionCookieHeaderName: 'X',
          authenticationMethod: 4,
          anonymousAccessMode: 0,
          loadBalancingServerNodes: [{ id: 'n-1' }],
          additionalResponseHeaders: 'A: b\nC: d',
          tags: [{ id: 'tag-1', name: mark }],
        },
      },
    ])
  })

  it('are sent whole as they were listed, with tags of others, so that a change since is refused', async () => {
    proxies.push(proxy('jwt', { tags: [tag('Sales')] }))
    tags.push(tag(mark))
    const actual = await firstOf(virtualProxies, 'jwt')
    proxies[1] = proxy('jwt', { modifiedDate: '2026-11-29T00:00:00.000Z' })
    await virtualProxies.update(actual, { description: 'new', sameSiteAttributeHttps: 'Lax' })
    expect(writes()).toEqual([
      {
        call: 'PUT /qrs/virtualproxyconfig/vp-jwt',
        body: proxy('jwt', {
          description: 'new',
          sameSiteAttributeHttps: 2,
          tags: [tag('Sales'), tag(mark)],
        }),
      },
    ])
  })

  it('refuse a node that the server does not have before anything is written', async () => {
    proxies.push(proxy('jwt', { tags: [tag(mark)] }))
    const actual = await firstOf(virtualProxies, 'jwt')
    const fields = { loadBalancingServerNodes: ['Elsewhere'] }
    await expect(virtualProxies.update(actual, fields)).rejects.toThrow(/Elsewhere/)
    expect(writes()).toEqual([])
  })

  it.each([
    ['with their tag', [], ['DELETE /qrs/virtualproxyconfig/vp-jwt', 'DELETE /qrs/tag/tag-1']],
    [
      'without it while another one has it',
      [proxy('second', { tags: [tag(mark)] })],
      ['DELETE /qrs/virtualproxyconfig/vp-jwt'],
    ],
  ])('are removed %s', async (_how, others, expected) => {
    proxies.push(proxy('jwt', { tags: [tag(mark)] }), ...others)
    tags.push({ id: 'tag-1', name: mark })
    await virtualProxies.remove(await firstOf(virtualProxies, 'jwt'))
    expect(writes().map(({ call }) => call)).toEqual(expected)
  })
})

it('links belong to whom their virtual proxies belong', async () => {
  proxies.push(
    proxy('jwt', { tags: [tag(mark)] }),
    proxy('other', { tags: [tag('[jotgate 99999999]')] }),
    proxy('theirs'),
  )
  const links = await proxyLinkKind({ repository, setupId }).list()
  expect(links.map(({ key, owner }) => [key, owner])).toEqual([
    [' at Central', 'deployment'],
    ['jwt at Central', 'this-setup'],
    ['other at Central', 'another-setup'],
    ['theirs at Central', 'deployment'],
  ])
})

describe('security rules', () => {
  const rule = {
    id: 'r-1',
    modifiedDate,
    name: 'jotgate jwt: nodes',
    resourceFilter: 'ServerNodeConfiguration_*',
    rule: 'true',
    actions: 2 + 4 + 256,
    ruleContext: 2,
    comment: `Mine ${mark}`,
    disabled: false,
    category: 'Security',
  }

  it('are read with every action, and marked in the comment', async () => {
    rules.push(rule, { ...rule, id: 'r-2', name: 'jotgate x', comment: '' })
    const kind = securityRuleKind({ repository, setupId })
    expect(await kind.list()).toMatchObject([
      {
        key: 'jotgate jwt: nodes',
        owner: 'this-setup',
        fields: { actions: ['Read', 'Update', '256'], context: 'Only in QMC', disabled: false },
      },
      { key: 'jotgate x', owner: 'unmarked' },
    ])
    // A server has more rules than one list holds.
    const { path } = server.requests[0] ?? { path: '' }
    expect(new URL(path, server.url).searchParams.get('filter')).toBe("name sw 'jotgate '")
  })

  it('are written whole, with actions and context as numbers', async () => {
    rules.push(rule)
    const kind = securityRuleKind({ repository, setupId })
    const fields = { actions: ['Read'], context: 'Both in hub and QMC' }
    await kind.update(await firstOf(kind, rule.name), fields)
    await kind.create({
      kind: 'security rule',
      key: 'jotgate jwt: tag',
      fields: { ...fields, resourceFilter: 'Tag_*', rule: 'true', disabled: false },
      because: 'a test',
    })
    const [changed, made] = writes().map(({ body }) => body)
    expect(changed).toEqual({ ...rule, actions: 2, ruleContext: 0 })
    expect(made).toMatchObject({
      name: 'jotgate jwt: tag',
      category: 'Security',
      actions: 2,
      ruleContext: 0,
      comment: expect.stringContaining(mark),
    })
  })
})
