import { describe, expect, it } from 'vitest'
import type { ProxyService, ServerNode } from '../../qlik/index.ts'
import { clientManaged } from '../../token/index.ts'
import { type WantedOptions, wantedObjects } from './wanted.ts'

const node = (name: string, more: Partial<ServerNode> = {}): ServerNode => ({
  id: `id of ${name}`,
  name,
  hostName: `${name.toLowerCase()}.acme.example`,
  isCentral: name === 'Central',
  engineEnabled: true,
  ...more,
})

const serviceAt = (at: ServerNode, links: readonly string[] = []): ProxyService => ({
  id: `service of ${at.name}`,
  serverNodeConfiguration: at,
  settings: {
    restListenPort: 4243,
    virtualProxies: ['', ...links].map((prefix) => ({ id: `proxy ${prefix}`, prefix })),
  },
})

const central = node('Central')
const rim = node('Rim')
const engine = node('Engine')
const deployment = clientManaged({
  url: 'https://rim.acme.example',
  prefix: 'jwt',
  userDirectory: 'ACME',
  claims: {
    userId: 'uid',
    userDirectory: '[ACME]',
    groups: 'group',
    attributes: { name: 'name', department: 'dept' },
  },
})

function want(more: Partial<WantedOptions> = {}) {
  const objects = wantedObjects({
    deployment,
    certificate: 'the certificate',
    setup: { id: '5f2c90ab' },
    nodes: [central, rim, engine],
    services: [serviceAt(central), serviceAt(rim), serviceAt(engine)],
    virtualProxies: [],
    ...more,
  })
  const [virtualProxy] = objects
  return {
    fields: virtualProxy?.fields ?? {},
    reasons: virtualProxy?.reasons ?? {},
    links: objects.flatMap(({ kind, fields, because }) =>
      kind === 'proxy link' ? [[fields.node, because]] : [],
    ),
    rules: objects.filter(({ kind }) => kind === 'security rule'),
  }
}

describe('the virtual proxy that is wanted', () => {
  it('has the names of the claims, each under its own name in Qlik', () => {
    const { fields, reasons } = want()
    expect(fields).toMatchObject({
      authenticationMethod: 'JWT',
      jwtAttributeUserId: 'uid',
      jwtAttributeUserDirectory: '[ACME]',
      jwtAudience: '',
      jwtAttributeMap: ['group', 'name', 'dept'].map((name) => ({
        jwtAttribute: name,
        senseAttribute: name,
        isMandatory: false,
      })),
      sessionCookieHeaderName: 'X-Qlik-Session-jwt',
      anonymousAccessMode: 'NoAnonymousUser',
    })
    expect(reasons.jwtAttributeUserId).toBe('claims.userId')
    expect(Object.keys(reasons)).toEqual(expect.arrayContaining(Object.keys(fields)))
  })

  it('uses the engine of each node that has one, or of the nodes that are named', () => {
    const nodes = [central, rim, node('Schedulers', { engineEnabled: false })]
    expect(want({ nodes }).fields.loadBalancingServerNodes).toEqual(['Central', 'Rim'])
    const setup = { id: '5f2c90ab', virtualProxy: { nodes: ['Rim'] } }
    expect(want({ nodes, setup }).fields.loadBalancingServerNodes).toEqual(['Rim'])
  })

  it('lets Qlik’s own host in alone, and leaves headers and cookies as they are, for a gateway', () => {
    const { fields } = want()
    expect(fields.websocketCrossOriginWhiteList).toEqual(['rim.acme.example'])
    expect(Object.keys(fields)).not.toContain('additionalResponseHeaders')
    expect(Object.keys(fields)).not.toContain('sameSiteAttributeHttps')
  })

  it('lets pages in that open Qlik themselves: host, headers, cookies for another site', () => {
    // A slash behind it is easily typed, and no browser sends it.
    const origins = ['https://www.acme.example/', 'https://www.acme.example:8443']
    const { fields, reasons } = want({ setup: { id: '5f2c90ab', origins } })
    expect(fields).toMatchObject({
      websocketCrossOriginWhiteList: ['rim.acme.example', 'www.acme.example'],
      additionalResponseHeaders: expect.arrayContaining([
        'Access-Control-Allow-Origin: https://www.acme.example, https://www.acme.example:8443',
        'Access-Control-Expose-Headers: qlik-csrf-token',
      ]),
      sameSiteAttributeHttps: 'None',
      hasSecureAttributeHttps: true,
    })
    expect(reasons.websocketCrossOriginWhiteList).toBe('url, setup.origins')
    expect(Object.keys(reasons)).toEqual(expect.arrayContaining(Object.keys(fields)))
  })

  it('sets the attributes of cookies over http where the local Qlik has http', () => {
    const local = { ...deployment, url: 'http://sense.server.localhost:4443' }
    const setup = { id: '5f2c90ab', origins: ['http://www.acme.localhost:3000'] }
    expect(want({ deployment: local, setup }).fields).toMatchObject({
      sameSiteAttributeHttp: 'None',
      hasSecureAttributeHttp: true,
    })
  })

  it('takes what the setup says itself', () => {
    const virtualProxy = {
      description: 'Portal',
      sessionCookieName: 'X-Portal',
      inactivityTimeout: 5,
      sessionCookieDomain: 'acme.example',
      hostAllowList: ['Intern.acme.example'],
      responseHeaders: ['Strict-Transport-Security: max-age=1'],
      extendedSecurity: true,
    }
    expect(want({ setup: { id: '5f2c90ab', virtualProxy } }).fields).toMatchObject({
      description: 'Portal',
      sessionCookieHeaderName: 'X-Portal',
      sessionInactivityTimeout: 5,
      sessionCookieDomain: 'acme.example',
      websocketCrossOriginWhiteList: ['rim.acme.example', 'intern.acme.example'],
      additionalResponseHeaders: ['Strict-Transport-Security: max-age=1'],
      extendedSecurityEnvironment: true,
    })
  })
})

describe('the links that are wanted', () => {
  it('are at the proxy of the address, and at the central one', () => {
    expect(want().links).toEqual([
      ['Central', expect.stringContaining('central')],
      ['Rim', expect.stringContaining('leads to this proxy')],
    ])
  })

  it('are at every proxy where the address is that of something in front of them', () => {
    const { links } = want({ deployment: { ...deployment, url: 'https://sense.acme.example' } })
    expect(links.map(([name]) => name)).toEqual(['Central', 'Rim', 'Engine'])
  })

  it('keep what is there, since taking it away would end sessions', () => {
    const { links } = want({
      services: [serviceAt(central), serviceAt(rim), serviceAt(engine, ['jwt'])],
      virtualProxies: [
        {
          id: 'proxy jwt',
          prefix: 'jwt',
          description: '',
          authenticationMethod: 4,
          sessionCookieHeaderName: 'c',
        },
      ],
    })
    expect(links).toContainEqual(['Engine', 'the link, which is there already'])
  })

  it('are those that the setup names, where it does', () => {
    const setup = { id: '5f2c90ab', virtualProxy: { proxies: ['Engine'] } }
    expect(want({ setup }).links).toEqual([['Engine', 'setup.virtualProxy.proxies']])
  })
})

it('gives a service user the rights that it needs, and nobody rights where there is none', () => {
  expect(want().rules).toEqual([])
  const { rules } = want({ serviceUser: { directory: 'SERVICE', id: 'jotgate' } })
  for (const { fields } of rules)
    expect(fields.rule).toMatch(/^user\.userDirectory = "SERVICE" and user\.userId = "jotgate"/)
  expect(rules.map(({ fields }) => fields.resourceFilter)).toEqual([
    'VirtualProxyConfig_*',
    'ProxyService_*',
    'ServerNodeConfiguration_*',
    'Tag_*',
  ])
})
