import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ownFolder } from '../../../files/folder.fixture.ts'
import { makeIssuer, type TestIssuer } from '../issuer.fixture.ts'
import { createKeyFiles } from './key-files.ts'

const issuers = Promise.all([makeIssuer('k-1'), makeIssuer('k-2'), makeIssuer('k-3')])

const named = ({ jwk }: TestIssuer) => expect.objectContaining({ n: jwk.n })

function watch(files: readonly string[]) {
  const events: string[] = []
  let now = 0
  const keys = createKeyFiles({
    files,
    alg: 'RS256',
    clock: () => now,
    onRead: () => events.push('read'),
    onFailure: (problem) => events.push(problem),
  })
  /** A second later files are looked at again. */
  const later = () => {
    now += 1000
  }
  return { keys, events, later }
}

/** As an administrator does it: the new file replaces the old one whole. */
async function replace(file: string, text: string) {
  await writeFile(`${file}.new`, text)
  await rename(`${file}.new`, file)
}

describe('key files', () => {
  it('are read again when they change, within a second', async () => {
    const [first, second] = await issuers
    const file = join(await ownFolder(), 'host.pem')
    await writeFile(file, first.publicPem)
    const { keys, events, later } = watch([file])
    await keys.prepare()
    expect(await keys.keysFor('k-1')).toEqual([named(first)])
    await replace(file, second.publicPem)
    expect(await keys.keysFor('k-1')).toEqual([named(first)])
    later()
    expect(await keys.keysFor('k-1')).toEqual([named(second)])
    expect(events).toEqual(['read', 'read'])
  })

  it('may be several, for a time when two keys are in use', async () => {
    const [first, second, third] = await issuers
    const folder = await ownFolder()
    const files = [join(folder, 'keys.json'), join(folder, 'next.pem')]
    await writeFile(join(folder, 'keys.json'), JSON.stringify({ keys: [first.jwk, second.jwk] }))
    await writeFile(join(folder, 'next.pem'), third.publicPem)
    const { keys } = watch(files)
    expect(await keys.keysFor('k-1')).toEqual([named(first)])
    expect(await keys.keysFor('k-2')).toEqual([named(second)])
    // A PEM file has no name for its key, so it may be meant by any other, and by none.
    expect(await keys.keysFor('new')).toEqual([named(third)])
    expect(await keys.keysFor(undefined)).toEqual([named(third)])
  })

  it('that are damaged or away leave those that were read, and are told once', async () => {
    const [first, second] = await issuers
    const file = join(await ownFolder(), 'host.pem')
    await writeFile(file, first.publicPem)
    const { keys, events, later } = watch([file])
    await keys.prepare()
    await replace(file, first.publicPem.slice(0, 100))
    for (let times = 0; times < 3; times += 1) {
      later()
      expect(await keys.keysFor(undefined)).toEqual([named(first)])
    }
    await rm(file)
    later()
    expect(await keys.keysFor(undefined)).toEqual([named(first)])
    await replace(file, second.publicPem)
    later()
    expect(await keys.keysFor(undefined)).toEqual([named(second)])
    expect(events).toEqual([
      'read',
      expect.stringMatching(/host\.pem/),
      'a key file cannot be read (ENOENT)',
      'read',
    ])
  })

  it('that were never read refuse the start, and answer 503', async () => {
    const [first] = await issuers
    const file = join(await ownFolder(), 'host.pem')
    const { keys, later } = watch([file])
    await expect(keys.prepare()).rejects.toThrow('ENOENT')
    await expect(keys.keysFor(undefined)).rejects.toMatchObject({
      code: 'ERR_GATEWAY_HOST_SILENT',
      status: 503,
    })
    await writeFile(file, first.publicPem)
    later()
    expect(await keys.keysFor(undefined)).toEqual([named(first)])
  })

  it('are looked at once for all that ask at once', async () => {
    const [first] = await issuers
    const file = join(await ownFolder(), 'host.pem')
    await writeFile(file, first.publicPem)
    const { keys, events } = watch([file])
    await Promise.all(Array.from({ length: 50 }, () => keys.keysFor('k-1')))
    expect(events).toEqual(['read'])
  })
})
