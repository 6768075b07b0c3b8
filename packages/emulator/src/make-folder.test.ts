import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeFolder } from './make-folder.ts'

let base: string

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'jotgate-folder-'))
})

afterAll(() => rm(base, { recursive: true, force: true }))

describe('making a folder', () => {
  it('makes those above it too, for their owner alone, and takes one that is there', async () => {
    const folder = join(base, 'a', 'b')
    await makeFolder(folder)
    await makeFolder(folder)
    for (const made of [folder, join(base, 'a')])
      expect((await stat(made)).mode & 0o777).toBe(0o700)
  })

  it('refuses a file in its place or above it', async () => {
    const file = join(base, 'file')
    await writeFile(file, '')
    for (const folder of [file, join(file, 'b')])
      await expect(makeFolder(folder)).rejects.toMatchObject({ code: 'EEXIST' })
  })

  it.runIf(process.platform === 'linux')('ends where the system makes none', async () => {
    for (const folder of ['/proc/nowhere', '/proc/nowhere/a'])
      await expect(makeFolder(folder)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
