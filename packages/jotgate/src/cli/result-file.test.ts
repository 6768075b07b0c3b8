import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { interrupted } from './interruption.ts'
import { toFile } from './result-file.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jotgate-result-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('a result that goes to a file', () => {
  it('is there when it is whole, in place of the one before', async () => {
    const file = join(folder, 'tokens')
    await writeFile(file, 'old')
    const result = toFile(file)
    await result.write('one ')
    await result.write(new Uint8Array([50]))
    expect(await readFile(file, 'utf8')).toBe('old')
    await result.commit()
    expect(await readFile(file, 'utf8')).toBe('one 2')
    expect(await readdir(folder)).toEqual(['tokens'])
  })

  it('leaves nothing behind when it is abandoned, also while it begins', async () => {
    const result = toFile(join(folder, 'tokens'))
    const writing = result.write('half').catch(() => undefined)
    await result.abandon()
    await writing
    expect(await readdir(folder)).toEqual([])
    await expect(result.write('more')).rejects.toBe(interrupted)
    await expect(result.commit()).rejects.toBe(interrupted)
    expect(await readdir(folder)).toEqual([])
  })

  it('does not take the place of a file where it must be new', async () => {
    const file = join(folder, 'tokens')
    const result = toFile(file)
    await result.mustBeNew()
    await result.write('new')
    await writeFile(file, 'came first')
    await expect(result.commit()).rejects.toMatchObject({ code: 'ERR_CLI_EXISTS' })
    expect(await readFile(file, 'utf8')).toBe('came first')
    expect(await readdir(folder)).toEqual(['tokens'])
  })
})
