import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createDraftFile } from './draft-file.ts'
import { ownFolder } from './folder.fixture.ts'

describe('a draft', () => {
  it('gets its name when it is whole', async () => {
    const folder = await ownFolder()
    const file = join(folder, 'result')
    const draft = await createDraftFile(file, 0o600)
    await draft.write('one ')
    await draft.write(new Uint8Array([50]))
    expect(await readdir(folder)).toEqual([expect.stringMatching(/^\.result\.[0-9a-f]{12}$/)])
    await draft.commit({ replace: false })
    await draft.discard()
    draft.discardSync()
    expect(await readdir(folder)).toEqual(['result'])
    expect(await readFile(file, 'utf8')).toBe('one 2')
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it('replaces a file only when it may', async () => {
    const folder = await ownFolder()
    const file = join(folder, 'result')
    await writeFile(file, 'old')
    const refused = await createDraftFile(file, 0o600)
    await expect(refused.commit({ replace: false })).rejects.toMatchObject({ code: 'EEXIST' })
    expect(await readdir(folder)).toEqual(['result'])
    expect(await readFile(file, 'utf8')).toBe('old')
    const draft = await createDraftFile(file, 0o600)
    await draft.write('new')
    await draft.commit({ replace: true })
    expect(await readFile(file, 'utf8')).toBe('new')
  })

  it('leaves nothing when it is given up, at once or in time', async () => {
    const folder = await ownFolder()
    const first = await createDraftFile(join(folder, 'a'), 0o600)
    await first.write('half')
    await first.discard()
    const second = await createDraftFile(join(folder, 'b'), 0o600)
    second.discardSync()
    await second.discard()
    expect(await readdir(folder)).toEqual([])
  })

  it('leaves nothing when its name belongs to a folder', async () => {
    const folder = await ownFolder()
    await mkdir(join(folder, 'a'))
    const draft = await createDraftFile(join(folder, 'a'), 0o600)
    await expect(draft.commit({ replace: true })).rejects.toThrow()
    expect(await readdir(folder)).toEqual(['a'])
  })

  it.runIf(process.getuid?.() !== 0)(
    'is not begun where the folder may not be written',
    async () => {
      const folder = await ownFolder()
      await chmod(folder, 0o500)
      const draft = createDraftFile(join(folder, 'a'), 0o600)
      await expect(draft).rejects.toMatchObject({ code: 'EACCES' })
    },
  )
})
