import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { forProduct, toDeploymentOptions } from './products.ts'
import { readFileSettings } from './read-settings.ts'
import { mergeSettings } from './settings.ts'

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
