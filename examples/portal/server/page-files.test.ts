import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readPageFiles } from './page-files.ts'
import { views } from './views.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portal-files-'))
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'sign-in.html'), 'sign in')
  for (const { file } of views) await writeFile(join(folder, file), file)
  await writeFile(join(folder, 'assets/dashboard-1a2b.js'), 'export {}')
})

afterEach(() => rm(folder, { recursive: true }))

describe('the list of page files', () => {
  it('holds what was built, by address, and the pages apart from it', async () => {
    const files = await readPageFiles(folder)
    expect(files.signInHtml).toBe('sign in')
    expect(views.map((view) => files.viewHtml(view))).toEqual(views.map(({ file }) => file))
    expect([...files.assets.keys()]).toEqual(['/assets/dashboard-1a2b.js'])
    expect(files.assets.get('/assets/dashboard-1a2b.js')).toMatchObject({
      contentType: 'text/javascript; charset=utf-8',
      cacheControl: 'public, max-age=31536000, immutable',
    })
  })

  it('leaves hidden files and symbolic links alone', async () => {
    await writeFile(join(folder, '.env'), 'SECRET=1')
    await symlink('/etc/hostname', join(folder, 'assets/hostname.js'))
    const files = await readPageFiles(folder)
    expect([...files.assets.keys()]).toEqual(['/assets/dashboard-1a2b.js'])
  })

  it('does not come about when a view was not built', async () => {
    await rm(join(folder, 'rest.html'))
    await expect(readPageFiles(folder)).rejects.toThrow(/no rest\.html.*Build the pages first/)
  })

  it('is not made when the folder has a file that is not part of a page', async () => {
    await writeFile(join(folder, 'assets/qlik.pem'), 'not a key')
    await expect(readPageFiles(folder)).rejects.toThrow(/qlik\.pem is not part of a page/)
  })
})
