import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ownFolder } from './folder.fixture.ts'
import { makeFolder, syncFolder } from './folders.ts'

describe('a folder', () => {
  it('is made with those above it, for its owner alone', async () => {
    const folder = join(await ownFolder(), 'a', 'b')
    await makeFolder(folder)
    await makeFolder(folder)
    await syncFolder(folder)
    const { mode } = await stat(folder)
    if (process.platform !== 'win32') expect(mode & 0o777).toBe(0o700)
  })

  it('is not made where a file has its name', async () => {
    const file = join(await ownFolder(), 'a')
    await writeFile(file, '')
    await expect(makeFolder(file)).rejects.toMatchObject({ code: 'EEXIST' })
    await expect(makeFolder(join(file, 'b'))).rejects.toMatchObject({ code: 'ENOTDIR' })
  })

  it.runIf(process.platform === 'linux')('that cannot exist is refused at once', async () => {
    await expect(makeFolder('/proc/nowhere/a')).rejects.toThrow()
  })
})
