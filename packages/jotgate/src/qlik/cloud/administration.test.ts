import { inspect } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { cloud } from '../../token/index.ts'
import {
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from '../scripted-server.fixture.ts'
import { createAdministration } from './administration.ts'

const apiKey = 'admin-secret-key'
const line = '-----BEGIN CERTIFICATE-----MIIabc+/=-----END CERTIFICATE-----'
const provider = {
  id: 'i1',
  protocol: 'jwtAuth',
  provider: 'external',
  interactive: false,
  active: true,
  clockToleranceSec: 5,
  options: { issuer: 'acme.example', staticKeys: [{ kid: 'acme-1', pem: line }] },
}

let server: ScriptedServer
afterEach(() => server.close())
async function start(script: Script) {
  server = await startScriptedServer(script)
  return createAdministration({ deployment: cloud({ url: server.url, issuer: 'a' }), apiKey })
}
const bodyOf = (index: number): unknown => JSON.parse(server.requests[index]?.body ?? '')

describe('administration: identity providers', () => {
  it('creates one of the documented form, as the bearer of the API key', async () => {
    const administration = await start(() => ({ status: 201, body: provider }))
    const created = await administration.createIdentityProvider({
      issuer: 'acme.example',
      kid: 'acme-1',
      certificateLine: line,
      clockToleranceSec: 5,
    })
    expect(created).toEqual({
      id: 'i1',
      protocol: 'jwtAuth',
      active: true,
      clockToleranceSec: 5,
      issuer: 'acme.example',
      staticKeys: [{ kid: 'acme-1', pem: line }],
    })
    const [request] = server.requests
    expect(request).toMatchObject({ method: 'POST', path: '/api/v1/identity-providers' })
    expect(request?.headers).toMatchObject({
      authorization: `Bearer ${apiKey}`,
      'content-type': 'application/json',
    })
    expect(bodyOf(0)).toEqual({
      protocol: 'jwtAuth',
      provider: 'external',
      clockToleranceSec: 5,
      options: { issuer: 'acme.example', staticKeys: [{ kid: 'acme-1', pem: line }] },
    })
  })

  it.each([
    ['certificateLine', line.replace('MII', 'MII\n')],
    ['certificateLine', `${line} `],
    ['certificateLine', line.replaceAll('CERTIFICATE', 'PRIVATE KEY')],
    ['certificateLine', undefined],
    ['issuer', ''],
    ['kid', 'a'.repeat(257)],
    ['clockToleranceSec', -1],
    ['clockToleranceSec', 0.5],
  ])('sends nothing when %s is %j', async (option, value) => {
    const administration = await start(() => ({ status: 201, body: provider }))
    const options = { issuer: 'a', kid: 'k', certificateLine: line, [option]: value }
    await expect(administration.createIdentityProvider(options)).rejects.toMatchObject({
      code: 'ERR_QLIK_OPTION',
      details: { option },
    })
    expect(server.requests).toEqual([])
  })

  it('lists all pages by their absolute links', async () => {
    const administration = await start(({ path }) =>
      path.includes('next=2')
        ? { body: { data: [{ id: 'i2', protocol: 'OIDC' }], links: { next: { href: null } } } }
        : {
            body: {
              data: [provider],
              links: { next: { href: `${server.url}/api/v1/identity-providers?next=2` } },
            },
          },
    )
    const listed = await administration.listIdentityProviders()
    expect(listed.map(({ id, protocol }) => [id, protocol])).toEqual([
      ['i1', 'jwtAuth'],
      ['i2', 'OIDC'],
    ])
    expect(listed[1]).toEqual({ id: 'i2', protocol: 'OIDC', active: true, staticKeys: [] })
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      `Bearer ${apiKey}`,
      `Bearer ${apiKey}`,
    ])
  })

  it('does not carry the API key to a page on another origin, nor go round in circles', async () => {
    const elsewhere = await startScriptedServer(() => ({ body: { data: [] } }))
    const away = await start(() => ({
      body: { data: [], links: { next: { href: elsewhere.url } } },
    }))
    await expect(away.listIdentityProviders()).rejects.toMatchObject({ code: 'ERR_QLIK_REDIRECT' })
    expect(elsewhere.requests).toEqual([])
    await elsewhere.close()
    await server.close()
    const round = await start(({ path }) => ({
      body: { data: [], links: { next: { href: path } } },
    }))
    await expect(round.listIdentityProviders()).rejects.toMatchObject({
      code: 'ERR_QLIK_ANSWER',
      details: { problem: 'has pages without end' },
    })
    expect(server.requests).toHaveLength(1)
  })

  it('deletes one by its ID, and takes nothing else for an ID', async () => {
    const administration = await start(() => ({ status: 204 }))
    await administration.deleteIdentityProvider('i1')
    expect(server.requests[0]).toMatchObject({
      method: 'DELETE',
      path: '/api/v1/identity-providers/i1',
    })
    for (const id of ['', '../users/u1', 'a/b', 'a?b', '..', 'me%2f'])
      await expect(administration.deleteIdentityProvider(id)).rejects.toMatchObject({
        code: 'ERR_QLIK_OPTION',
      })
    expect(server.requests).toHaveLength(1)
  })
})

describe('administration: web integrations', () => {
  const integration = { id: 'w1', name: 'portal', validOrigins: ['http://localhost:3000'] }

  it('creates, lists, changes and deletes', async () => {
    const administration = await start(({ method }) => {
      if (method === 'POST') return { status: 201, body: { ...integration, tenantId: 't' } }
      return method === 'GET' ? { body: { data: [integration] } } : { status: 204 }
    })
    const { name, validOrigins } = integration
    expect(await administration.createWebIntegration({ name, validOrigins })).toEqual(integration)
    expect(bodyOf(0)).toEqual({ name, validOrigins })
    expect(await administration.listWebIntegrations()).toEqual([integration])
    await administration.updateWebIntegration('w1', { validOrigins: ['https://www.acme.example'] })
    expect(server.requests[2]).toMatchObject({
      method: 'PATCH',
      path: '/api/v1/web-integrations/w1',
    })
    expect(bodyOf(2)).toEqual([
      { op: 'replace', path: '/validOrigins', value: ['https://www.acme.example'] },
    ])
    await administration.updateWebIntegration('w1', { name: 'other' })
    expect(bodyOf(3)).toEqual([{ op: 'replace', path: '/name', value: 'other' }])
    await administration.updateWebIntegration('w1', {})
    await administration.deleteWebIntegration('w1')
    expect(server.requests[4]?.method).toBe('DELETE')
  })

  it.each([
    ['http://localhost:3000/', 'such as http://localhost:3000:'],
    ['https://www.acme.example/path', 'such as https://www.acme.example:'],
    ['https://www.acme.example:443', 'such as https://www.acme.example:'],
    ['https://WWW.acme.example', 'such as https://www.acme.example:'],
    ['https://*.acme.example', 'as a browser sends it: no path'],
    ['www.acme.example', 'as a browser sends it: no path'],
    ['null', 'as a browser sends it: no path'],
  ])('refuses the origin %s, which would never match', async (origin, words) => {
    const administration = await start(() => ({ status: 201, body: integration }))
    const validOrigins = ['https://good.example', origin]
    await expect(
      administration.createWebIntegration({ name: 'a', validOrigins }),
    ).rejects.toMatchObject({
      code: 'ERR_QLIK_OPTION',
      details: { option: 'validOrigins[1]', problem: expect.stringContaining(words) },
    })
    expect(server.requests).toEqual([])
  })
})

describe('administration: the content security policy', () => {
  const entry = { id: 'c1', name: 'portal', origin: 'localhost:3000', frameAncestors: true }

  it('lets a page show Qlik in a frame, lists the entries and takes one away', async () => {
    const administration = await start(({ method }) => {
      if (method === 'POST') return { status: 201, body: { ...entry, imgSrc: false } }
      return method === 'GET' ? { body: { data: [entry] } } : { status: 204 }
    })
    const created = await administration.createCspOrigin({
      name: 'portal',
      origin: 'http://localhost:3000',
      directives: ['frameAncestors'],
    })
    const { frameAncestors: _, ...rest } = entry
    expect(created).toEqual({ ...rest, directives: ['frameAncestors'] })
    expect(await administration.listCspOrigins()).toEqual([created])
    await administration.deleteCspOrigin(created.id)
    expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /api/v1/csp-origins',
      'GET /api/v1/csp-origins?limit=100',
      'DELETE /api/v1/csp-origins/c1',
    ])
    expect(bodyOf(0)).toEqual({ name: 'portal', origin: 'localhost:3000', frameAncestors: true })
  })

  it.each([
    ['name', '', 'must be a string of 1 to 512 characters'],
    ['name', 'a'.repeat(513), 'must be a string of 1 to 512 characters'],
    ['origin', 'https://www.acme.example/', 'no path, no slash'],
    ['origin', 'www.acme.example/shop', 'no path, no slash'],
    ['origin', 'file:///index.html', 'no path, no slash'],
    ['origin', '', 'no path, no slash'],
    ['origin', undefined, 'no path, no slash'],
    ['directives', [], 'at least one'],
    ['directives', 'frameAncestors', 'at least one'],
  ])('sends nothing when %s is %j', async (option, value, words) => {
    const administration = await start(() => ({ status: 201, body: entry }))
    const options = {
      name: 'a',
      origin: 'https://www.acme.example',
      directives: ['frameAncestors'] as const,
      [option]: value,
    }
    await expect(administration.createCspOrigin(options)).rejects.toMatchObject({
      code: 'ERR_QLIK_OPTION',
      details: { option, problem: expect.stringContaining(words) },
    })
    expect(server.requests).toEqual([])
  })

  it('names the directive that Qlik does not have', async () => {
    const administration = await start(() => ({ status: 201, body: entry }))
    const directives = ['imgSrc', 'frame-ancestors'] as unknown as ['imgSrc']
    await expect(
      administration.createCspOrigin({ name: 'a', origin: '*.acme.example', directives }),
    ).rejects.toMatchObject({
      details: { option: 'directives[1]', problem: expect.stringContaining('frameAncestors') },
    })
    expect(server.requests).toEqual([])
  })
})

describe('administration: groups', () => {
  it('reads the setting and switches the creation of groups on', async () => {
    const administration = await start(({ method }) =>
      method === 'GET' ? { body: { autoCreateGroups: false } } : { status: 204 },
    )
    expect(await administration.getGroupSettings()).toEqual({ autoCreateGroups: false })
    await administration.enableGroupCreation()
    expect(server.requests[1]).toMatchObject({ method: 'PATCH', path: '/api/v1/groups/settings' })
    expect(bodyOf(1)).toEqual([{ op: 'replace', path: '/autoCreateGroups', value: true }])
  })
})

describe('administration', () => {
  it('says what Qlik refuses, without the API key, which nothing shows', async () => {
    const refusal = { errors: [{ code: 'IDP-1', title: `no ${apiKey}` }] }
    const administration = await start(() => ({ status: 403, body: refusal }))
    expect(inspect(administration, { depth: 9, showHidden: true })).not.toContain(apiKey)
    await expect(administration.listIdentityProviders()).rejects.toMatchObject({
      code: 'ERR_QLIK_REFUSED',
      details: { status: 403, code: 'IDP-1', title: 'no [secret]' },
    })
  })

  it.each([
    [{ status: 401 }, 'ERR_QLIK_NOT_LOGGED_IN'],
    [{ body: 'nothing' }, 'ERR_QLIK_ANSWER'],
    [{ body: { data: {} } }, 'ERR_QLIK_ANSWER'],
    [{ body: { data: [{ name: 'without id' }] } }, 'ERR_QLIK_ANSWER'],
    [{ status: 302, headers: { location: '/login' } }, 'ERR_QLIK_ANSWER'],
  ])('does not take %j for a list', async (answer, code) => {
    const administration = await start(() => answer)
    await expect(administration.listWebIntegrations()).rejects.toMatchObject({ code })
  })

  it('refuses a key that could not be a header, without repeating it', async () => {
    await start(() => ({}))
    const deployment = cloud({ url: server.url, issuer: 'a' })
    for (const wrong of ['', 'admin secret', 'admin\r\nsecret', 'ädmin-secret', undefined])
      expect(() => createAdministration({ deployment, apiKey: wrong as string })).toThrow(
        'The option apiKey must be visible ASCII text, without blanks',
      )
  })
})
