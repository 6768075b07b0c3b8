import { X509Certificate } from 'node:crypto'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createKeyPair, type KeyPair } from '../../keys/index.ts'
import { type Administration, createAdministration } from '../../qlik/index.ts'
import {
  byRoute,
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from '../../qlik/scripted-server.fixture.ts'
import { cloud } from '../../token/index.ts'
import { createCspOriginKind } from './csp-origin.ts'
import { createIdentityProviderKind, fingerprintOf } from './identity-provider.ts'
import { createSpaceKind } from './spaces.ts'

const setupId = '5f2c90ab'
let pair: KeyPair
let server: ScriptedServer
beforeAll(async () => {
  pair = await createKeyPair()
})
afterEach(() => server.close())

async function start(routes: Record<string, Script>): Promise<Administration> {
  server = await startScriptedServer(byRoute(routes))
  return createAdministration({
    deployment: cloud({ url: server.url, issuer: 'acme.example' }),
    apiKey: 'admin-secret-key',
  })
}
const sent = (method: string) =>
  server.requests
    .filter((one) => one.method === method)
    .map(({ path, body }) => [path, body === '' ? undefined : (JSON.parse(body) as unknown)])

const list = (data: readonly object[]) => () => ({ body: { data } })

describe('identity providers', () => {
  const providers = (pem: string, more: object = {}) => ({
    'GET /api/v1/identity-providers': list([
      { id: 'oidc', protocol: 'OIDC', options: {} },
      {
        id: 'i1',
        protocol: 'jwtAuth',
        active: true,
        description: 'By hand',
        options: { issuer: 'acme.example', staticKeys: [{ kid: 'acme-1', pem }] },
        ...more,
      },
    ]),
  })
  const kindOf = (administration: Administration) =>
    createIdentityProviderKind({
      administration,
      setupId,
      wanted: { issuer: 'acme.example', kid: 'acme-1', certificateLine: pair.certificateLine },
    })
  const publicPem = () => {
    const { publicKey } = new X509Certificate(pair.certificatePem)
    return publicKey.export({ type: 'spki', format: 'pem' }).toString()
  }

  it.each([
    ['with line breaks', () => pair.certificatePem],
    ['in one line', () => pair.certificateLine],
    ['with the line breaks of Windows', () => pair.certificatePem.replaceAll('\n', '\r\n')],
    ['as the bare public key', publicPem],
  ])('have the same certificate %s', async (_, pemOf) => {
    const objects = await kindOf(await start(providers(pemOf()))).list()
    expect(objects).toMatchObject([
      {
        id: 'i1',
        key: 'issuer acme.example, key ID acme-1',
        owner: 'unmarked',
        fields: { certificate: fingerprintOf(pair.certificateLine), description: 'By hand' },
      },
    ])
  })

  it('tell another certificate, and what is none', async () => {
    const other = await createKeyPair()
    for (const pem of [other.certificatePem, 'nonsense', '']) {
      const [object] = await kindOf(await start(providers(pem))).list()
      expect(object?.fields.certificate).not.toBe(fingerprintOf(pair.certificateLine))
      await server.close()
    }
    await start({})
  })

  it('stand under the wanted key when this setup has marked them', async () => {
    const options = { issuer: 'old.example', staticKeys: [{ kid: 'acme-0', pem: '' }] }
    const description = 'Portal [jotgate 5f2c90ab]'
    const [own] = await kindOf(await start(providers('', { options, description }))).list()
    expect(own).toMatchObject({
      key: 'issuer acme.example, key ID acme-1',
      owner: 'this-setup',
      fields: { issuer: 'old.example', keyId: 'acme-0', description: 'Portal' },
    })
  })

  it('are changed in their description alone, with the mark', async () => {
    const administration = await start({
      ...providers(pair.certificateLine),
      'PATCH /api/v1/identity-providers/i1': () => ({ status: 204 }),
    })
    const kind = kindOf(administration)
    const [actual] = await kind.list()
    if (actual === undefined) throw new Error('nothing was listed')
    await kind.update(actual, {})
    await kind.update(actual, { description: 'Portal' })
    const value = (text: string) => [{ op: 'replace', path: '/description', value: text }]
    expect(sent('PATCH').map(([, body]) => body)).toEqual([
      value('By hand [jotgate 5f2c90ab]'),
      value('Portal [jotgate 5f2c90ab]'),
    ])
  })
})

describe('entries of the policy', () => {
  it('are written whole, since a PUT drops what it does not name', async () => {
    const entry = {
      id: 'c1',
      name: 'pictures',
      description: 'Logos',
      origin: 'https://www.acme.example',
      imgSrc: true,
    }
    const administration = await start({
      'GET /api/v1/csp-origins': list([entry]),
      'PUT /api/v1/csp-origins/c1': () => ({ body: entry }),
    })
    const kind = createCspOriginKind({ administration, setupId })
    const [actual] = await kind.list()
    if (actual === undefined) throw new Error('nothing was listed')
    expect(actual).toMatchObject({ key: 'www.acme.example', owner: 'unmarked' })
    await kind.update(actual, { frameAncestors: true })
    expect(sent('PUT')).toEqual([
      [
        '/api/v1/csp-origins/c1',
        expect.objectContaining({
          name: 'pictures [jotgate 5f2c90ab]',
          description: 'Logos',
          origin: 'www.acme.example',
          imgSrc: true,
          frameAncestors: true,
          scriptSrc: false,
        }),
      ],
    ])
  })
})

describe('spaces', () => {
  const space = { id: 's1', name: 'Sales', type: 'shared', description: '[jotgate 5f2c90ab]' }

  it('are not removed while something is in them', async () => {
    const administration = await start({
      'GET /api/v1/spaces': list([space]),
      'GET /api/v1/spaces/s1/assignments': list([]),
      'GET /api/v1/items': list([{ id: 'app' }]),
      'DELETE /api/v1/spaces/s1': () => ({ status: 204 }),
    })
    const kind = createSpaceKind({ administration, setupId, wantedNames: [] })
    const [actual] = await kind.list()
    if (actual === undefined) throw new Error('nothing was listed')
    await expect(kind.remove(actual)).rejects.toMatchObject({ code: 'ERR_PROVISION_NOT_EMPTY' })
    expect(sent('DELETE')).toEqual([])
  })

  it('show members by name, without bots and those who are gone; others’ spaces are not read', async () => {
    const administration = await start({
      'GET /api/v1/spaces': list([space, { id: 's2', name: 'Theirs', type: 'data' }]),
      'GET /api/v1/spaces/s1/assignments': list([
        { id: 'a1', type: 'group', assigneeId: 'g1', roles: ['producer', 'consumer'] },
        { id: 'a2', type: 'bot', assigneeId: 'b1', roles: ['consumer'] },
        { id: 'a3', type: 'user', assigneeId: 'gone', roles: ['consumer'] },
      ]),
      'GET /api/v1/groups/g1': () => ({ body: { id: 'g1', name: 'sales' } }),
    })
    const kind = createSpaceKind({ administration, setupId, wantedNames: [] })
    expect(
      (await kind.list()).map(({ key, owner, fields }) => [key, owner, fields.members]),
    ).toEqual([
      ['Sales', 'this-setup', [{ group: 'sales', roles: ['consumer', 'producer'] }]],
      ['Theirs', 'unmarked', undefined],
    ])
  })
})
