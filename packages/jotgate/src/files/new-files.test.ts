import { readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ownFolder } from './folder.fixture.ts'
import { createNewFiles } from './new-files.ts'

describe('new files', () => {
  it('are written with their modes, in order', async () => {
    const folder = await ownFolder()
    const [a, b] = [join(folder, 'a'), join(folder, 'b')]
    const files = await createNewFiles([
      { file: a, mode: 0o600 },
      { file: b, mode: 0o640 },
    ])
    await files.write(['one', new Uint8Array([50])])
    expect([await readFile(a, 'utf8'), await readFile(b, 'utf8')]).toEqual(['one', '2'])
    if (process.platform === 'win32') return
    expect((await stat(a)).mode & 0o777).toBe(0o600)
  })

  it.each(['a file', 'a dangling link'])(
    'take no name that %s has, and none then',
    async (kind) => {
      const folder = await ownFolder()
      const taken = join(folder, 'taken')
      if (kind === 'a file') await writeFile(taken, 'old')
      else await symlink(join(folder, 'nowhere'), taken)
      const files = createNewFiles([
        { file: join(folder, 'free'), mode: 0o600 },
        { file: taken, mode: 0o600 },
      ])
      await expect(files).rejects.toMatchObject({ code: 'EEXIST', path: taken })
      expect(await readdir(folder)).toEqual(['taken'])
    },
  )

  it('are removed together when they are not wanted', async () => {
    const folder = await ownFolder()
    const files = await createNewFiles([{ file: join(folder, 'a'), mode: 0o600 }])
    expect(await readdir(folder)).toEqual(['a'])
    await files.discard()
    await files.discard()
    expect(await readdir(folder)).toEqual([])
  })

  it.runIf(process.platform === 'linux')('are all removed when one cannot be written', async () => {
    const folder = await ownFolder()
    const files = await createNewFiles([
      { file: join(folder, 'a'), mode: 0o600 },
      { file: join(folder, 'b'), mode: 0o600 },
    ])
    const unwritable = { toString: () => 'x' } as unknown as string
    await expect(files.write(['one', unwritable])).rejects.toThrow(TypeError)
    expect(await readdir(folder)).toEqual([])
  })
})
