import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPageFiles } from './page-files.ts'

let folder: string

beforeAll(async () => {
  const root = await mkdtemp(join(tmpdir(), 'jotgate-page-files-'))
  folder = join(root, 'pages')
  await mkdir(join(folder, 'assets'), { recursive: true })
  await mkdir(join(folder, 'single'))
  await writeFile(join(folder, 'assets/a-1.js'), 'export {}')
  await writeFile(join(folder, '.hidden.js'), 'no')
  await writeFile(join(folder, 'single/single.html'), '<!doctype html>')
  await writeFile(join(root, 'outside.js'), 'no')
})

afterAll(() => rm(join(folder, '..'), { recursive: true, force: true }))

describe('the built pages', () => {
  it('are found by name and by path', async () => {
    const files = createPageFiles(async () => ({ folder }))
    expect(await files.html('single')).toBe('<!doctype html>')
    const file = await files.file('/assets/a-1.js')
    expect(file?.type).toBe('text/javascript; charset=utf-8')
    expect(Buffer.from(file?.content ?? []).toString()).toBe('export {}')
  })

  it.each([
    '/assets/none.js',
    '/assets',
    '/assets/../outside.js',
    '/../outside.js',
    '/assets/..%2f..%2foutside.js',
    '/assets\\..\\..\\outside.js',
    '/.hidden.js',
    '//assets/a-1.js',
    'assets/a-1.js',
    '/single',
  ])('give nothing for %s', async (path) => {
    expect(await createPageFiles(async () => ({ folder })).file(path)).toBeUndefined()
  })

  it('are looked for once, and again after a failure', async () => {
    let calls = 0
    const files = createPageFiles(async () => {
      calls += 1
      if (calls === 1) throw new Error('vite failed')
      return { folder }
    })
    await expect(files.html('single')).rejects.toThrow('vite failed')
    await files.html('single')
    await files.html('single')
    expect(calls).toBe(2)
  })
})
