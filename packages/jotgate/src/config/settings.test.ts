import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { forProduct, toDeploymentOptions } from './products.ts'
import { readFileSettings } from './read-settings.ts'
import type { DeploymentConfig } from './schema.ts'
import { mergeSettings, type Settings, toDeploymentConfig, toSettings } from './settings.ts'
import { withoutProblems } from './without-problems.ts'

describe('settings laid over one another', () => {
  it('take each from the strongest place that has it', () => {
    const merged = mergeSettings([
      { issuer: 'flag', claims: { groups: 'roles' } },
      { issuer: 'environment', kid: 'environment' },
      {
        issuer: 'file',
        kid: 'file',
        url: 'https://file.example',
        claims: { groups: 'g', userId: 'u' },
      },
    ])
    expect(merged).toEqual({
      issuer: 'flag',
      kid: 'environment',
      url: 'https://file.example',
      claims: { groups: 'roles', userId: 'u' },
    })
  })

  it('take the place of a key as one, never half of two', () => {
    expect(mergeSettings([{ key: { env: 'KEY' } }, { key: { file: 'a.pem' } }]).key).toEqual({
      env: 'KEY',
    })
  })
})

describe('settings of which one stands in place of another', () => {
  const file = { administrator: { apiKey: { env: 'FILE' } } }
  const oauth = { clientId: 'a', secret: { env: 'SECRET' } }

  it('take the way to an administrator that the stronger place names', () => {
    expect(mergeSettings([{ administrator: { oauth } }, file])).toEqual({
      administrator: { oauth },
    })
    expect(mergeSettings([file, { administrator: { oauth } }])).toEqual(file)
    const key = { env: 'KEY' }
    expect(
      mergeSettings([{ administrator: { oauth: { key } } }, { administrator: { oauth } }]),
    ).toEqual({ administrator: { oauth: { clientId: 'a', key } } })
  })

  it('leave a service user beside an API key', () => {
    const user = { administrator: { user: 'SERVICE\\\\jotgate' } }
    expect(mergeSettings([user, file]).administrator).toEqual({
      ...user.administrator,
      ...file.administrator,
    })
  })
})

describe('the deployment that is meant', () => {
  let folder: string
  const cloud = {
    product: 'cloud',
    url: 'https://a.example',
    signing: { key: { file: 'k/a.pem' }, lifetime: '5m' },
  }
  const site = { product: 'client-managed', url: 'https://b.example', userDirectory: 'B' }
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jotgate-settings-'))
    const write = (name: string, value: unknown) =>
      writeFile(join(folder, name), JSON.stringify(value))
    await write('jotgate.config.json', { deployments: { a: cloud, b: site } })
    await write('default.json', { defaultDeployment: 'b', deployments: { a: cloud, b: site } })
    await write('one.json', { deployments: { a: cloud } })
    await write('two.json', { deployments: { a: cloud, c: cloud } })
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('is the named one, with paths from the folder of the file', async () => {
    expect(await readFileSettings({ deployment: 'a' }, folder)).toMatchObject({
      name: 'a',
      settings: { key: { file: join(folder, 'k/a.pem') }, lifetimeSeconds: 300 },
    })
  })

  it('is the only one, the default, or the only one of its product', async () => {
    expect(await readFileSettings({ config: 'one.json' }, folder)).toMatchObject({ name: 'a' })
    expect(await readFileSettings({ config: 'default.json' }, folder)).toMatchObject({ name: 'b' })
    const choice = { config: 'jotgate.config.json', product: 'client-managed' } as const
    expect(await readFileSettings(choice, folder)).toMatchObject({ name: 'b' })
  })

  it('is none when a product alone is named: then nothing of a file counts', async () => {
    expect(await readFileSettings({ product: 'cloud' }, folder)).toBeUndefined()
  })

  it.each([
    [{}, /has several deployments: a, b/],
    [{ config: 'two.json' }, /has several deployments: a, c/],
    [{ deployment: 'z' }, /no deployment of that name, only a, b/],
    [{ deployment: '__proto__' }, /no deployment of that name/],
    [
      { deployment: 'a', product: 'client-managed' } as const,
      /as cloud, and --for says client-managed/,
    ],
  ])('must be clear: %o', async (choice, message) => {
    await expect(readFileSettings(choice, folder)).rejects.toThrow(message)
  })
})

describe('plain options of a deployment', () => {
  it('name everything that is missing at once', () => {
    expect(() => toDeploymentOptions({ product: 'cloud' }, true)).toThrow(/--url[\s\S]*--issuer/)
    expect(() => toDeploymentOptions({ product: 'client-managed' }, true)).toThrow(
      /--url[\s\S]*--user-directory/,
    )
    expect(() => toDeploymentOptions({}, false)).toThrow(/--for cloud or --for client-managed/)
  })

  it('need no address for a token', () => {
    const { options } = toDeploymentOptions({ product: 'cloud', issuer: 'acme' }, false)
    expect(options).toEqual({ url: 'https://qlik.invalid', issuer: 'acme' })
  })

  it('go one way for each product', () => {
    const ways = { cloud: () => 'a tenant', 'client-managed': () => 'a server' }
    const server = toDeploymentOptions({ product: 'client-managed', userDirectory: 'A' }, false)
    expect(forProduct(server, ways)).toBe('a server')
    expect(forProduct(toDeploymentOptions({ product: 'cloud', issuer: 'a' }, false), ways)).toBe(
      'a tenant',
    )
  })
})

describe('settings that are written into a file', () => {
  const settings: Settings = {
    product: 'client-managed',
    url: 'https://sense.acme.example',
    caFile: 'qmc/root.pem',
    clientCertificate: { file: 'client.pem', keyFile: '-' },
    claims: { userId: 'uid', attributes: { mail: 'mail' } },
    key: { file: '/keys/qlik.pem' },
    lifetimeSeconds: 300,
    setup: { id: '5f2c90ab', origins: ['https://www.acme.example'] },
    administrator: { apiKey: { env: 'KEY' } },
  }

  it('stand where the file has them, with paths from its folder and without the standard input', () => {
    const written = toDeploymentConfig(settings, { from: '/srv/acme', to: '/srv/acme/config' })
    expect(written).toEqual({
      product: 'client-managed',
      url: 'https://sense.acme.example',
      caFile: '../qmc/root.pem',
      clientCertificate: { file: '../client.pem' },
      claims: { userId: 'uid', attributes: { mail: 'mail' } },
      signing: { key: { file: '../../../keys/qlik.pem' }, lifetime: '300s' },
      setup: { id: '5f2c90ab', origins: ['https://www.acme.example'] },
      administrator: { apiKey: { env: 'KEY' } },
    })
    expect(toSettings(written as DeploymentConfig, '/srv/acme/config')).toEqual({
      ...settings,
      caFile: '/srv/acme/qmc/root.pem',
      clientCertificate: { file: '/srv/acme/client.pem' },
    })
  })

  it('lose what cannot stand there, and say what', async () => {
    const setup = {
      id: '5f2c90ab',
      title: 'a\u0000b',
      origins: ['https://a.example', 'ftp://b.example', 'https://c.example/x', 'https://d.example'],
      contentSecurityPolicy: { 'https://a.example': ['imgSrc'], 'https://b.example': [] },
      spaces: [{ name: 'Sales', type: 'shared', members: [{ user: '42', roles: [] }] }],
    }
    const cloud = { product: 'cloud', url: 'https://acme.example', setup }
    const { deployment, problems } = await withoutProblems(cloud)
    expect(deployment.setup).toEqual({
      id: '5f2c90ab',
      origins: ['https://a.example', 'https://d.example'],
      contentSecurityPolicy: { 'https://a.example': ['imgSrc'] },
      spaces: [{ name: 'Sales', type: 'shared', members: [] }],
    })
    expect(problems).toEqual(
      expect.arrayContaining([
        'setup.title: contains a control character',
        expect.stringMatching(/^setup\.origins\.1: /),
      ]),
    )
    expect(cloud.setup).toHaveProperty('title')
  })

  it('lose a list that is too long as a whole', async () => {
    const many = Array.from({ length: 10_000 }, (_, at) => `https://a${at}.example`)
    const setup = { id: '5f2c90ab', origins: many }
    const { deployment, problems } = await withoutProblems({
      product: 'cloud',
      url: 'https://acme.example',
      setup,
    })
    expect(deployment.setup).toEqual({ id: '5f2c90ab' })
    expect(problems).toEqual([expect.stringMatching(/^setup\.origins: /)])
  })
})
