import { afterEach, describe, expect, it } from 'vitest'
import { createKeyPair } from '../../keys/index.ts'
import { createRepository } from '../../qlik/index.ts'
import {
  byRoute,
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from '../../qlik/scripted-server.fixture.ts'
import { clientManaged } from '../../token/index.ts'
import {
  type ProvisionClientManagedOptions,
  provisionClientManaged,
} from './provision-client-managed.ts'

const { certificatePem, privateKeyPem, publicKeyPem } = await createKeyPair({ bits: 2048 })
const deployment = clientManaged({
  url: 'https://sense.acme.example',
  prefix: 'jwt',
  userDirectory: 'ACME',
  claims: { userId: 'userId', userDirectory: 'userDirectory' },
})

let server: ScriptedServer
afterEach(() => server.close())

async function provision(
  more: Partial<ProvisionClientManagedOptions> = {},
  lists: Script = () => ({ body: [] }),
) {
  const types = ['virtualproxyconfig', 'proxyservice', 'servernodeconfiguration']
  server = await startScriptedServer(
    byRoute(Object.fromEntries(types.map((type) => [`GET /qrs/${type}/full`, lists]))),
  )
  const user = { directory: 'INTERNAL', id: 'sa_api' }
  const repository = createRepository({ url: server.url, user })
  const setup = { id: '5f2c90ab' }
  return provisionClientManaged({
    deployment,
    certificate: certificatePem,
    setup,
    repository,
    ...more,
  })
}

describe('options', () => {
  it.each<[string, string, Partial<ProvisionClientManagedOptions>]>([
    [
      'the default virtual proxy',
      'deployment.prefix',
      { deployment: { ...deployment, prefix: '' } },
    ],
    ['an ID that is none', 'setup.id', { setup: { id: 'Mine' } }],
    [
      'a user who would end the condition',
      'serviceUser',
      { serviceUser: { directory: 'A" or true or "', id: 'x' } },
    ],
    ['a user with a backslash', 'serviceUser', { serviceUser: { directory: 'A', id: 'x\\' } }],
    ['a private key', 'certificate', { certificate: privateKeyPem }],
    ['a public key', 'certificate', { certificate: publicKeyPem }],
    ['two certificates', 'certificate', { certificate: certificatePem + certificatePem }],
    [
      'a certificate without line breaks that cannot be read',
      'certificate',
      { certificate: 'MIIB' },
    ],
  ])('are refused before anything is asked: %s', async (_what, option, more) => {
    const refused = provision(more)
    await expect(refused).rejects.toMatchObject({
      code: 'ERR_PROVISION_OPTION',
      details: { option },
    })
    await expect(refused).rejects.not.toThrow(/PRIVATE KEY/)
    expect(server.requests).toEqual([])
  })
})

describe('rights', () => {
  it.each<[string, Script]>([
    ['shows empty lists', () => ({ body: [] })],
    ['refuses lists', () => ({ status: 403, body: 'Forbidden' })],
  ])('are missing where the server %s', async (_how, lists) => {
    const provisioning = await provision({}, lists)
    const missing = await provisioning.missingRights()
    expect(missing.map(({ what }) => what)).toEqual([
      'read virtual proxies',
      'read proxy services',
      'read nodes',
    ])
    expect(missing[0]?.givenBy).toContain('RootAdmin')
  })

  it('are not what is missing where the server fails', async () => {
    await expect(provision({}, () => ({ status: 500 }))).rejects.toMatchObject({
      code: 'ERR_QLIK_FAILED',
    })
  })
})

it('says which kinds a service user does not see', async () => {
  const serviceUser = { directory: 'SERVICE', id: 'jotgate' }
  const asUser = await provision({ serviceUser, isServiceUser: true })
  expect(asUser.kinds.map(({ name }) => name)).toEqual(['virtual proxy', 'proxy link'])
  expect(asUser.wanted.filter(({ kind }) => kind === 'security rule')).toEqual([])
  expect(asUser.notChecked).toEqual([expect.stringContaining('security rules')])
  await server.close()
  const byCertificate = await provision({ serviceUser })
  expect(byCertificate.wanted.filter(({ kind }) => kind === 'security rule')).toHaveLength(4)
  expect(byCertificate.notChecked).toEqual([])
})
