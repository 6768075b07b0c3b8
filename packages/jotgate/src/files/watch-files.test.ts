import { watch } from 'node:fs'
import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ownFolder } from './folder.fixture.ts'
import { watchFiles } from './watch-files.ts'

/** Files that are watched, with what was loaded in its order. A test looks itself: nothing waits for time. */
async function watched(files: readonly string[], { everyMs = 86_400_000 } = {}) {
  const loaded: string[] = []
  const failures: unknown[] = []
  let onLoad = () => {}
  const watching = await watchFiles({
    files,
    everyMs,
    async load() {
      const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')))
      if (texts.some((text) => !text.endsWith('.'))) throw new Error('is not whole')
      loaded.push(texts.join('|'))
      onLoad()
    },
    onFailure: (error) => void failures.push(error),
  })
  onTestFinished(() => watching.close())
  return {
    watch: watching,
    loaded,
    failures,
    /** Resolves with the next load, whatever caused it. */
    nextLoad: () =>
      new Promise<void>((resolve) => {
        onLoad = resolve
      }),
  }
}

async function ownFile(text = 'one.') {
  const folder = await ownFolder()
  const file = join(folder, 'key.pem')
  await writeFile(file, text)
  return { folder, file }
}

describe('watched files', () => {
  it('are loaded at once, and again when they are written over', async () => {
    const { file } = await ownFile()
    const { watch, loaded } = await watched([file])
    await watch.check()
    await writeFile(file, 'two.')
    await watch.check()
    await watch.check()
    expect(loaded).toEqual(['one.', 'two.'])
  })

  it('are loaded again when another file takes the name, of the same size and time too', async () => {
    const { file, folder } = await ownFile()
    const { watch, loaded } = await watched([file])
    for (const text of ['two.', 'six.', 'ten.']) {
      await writeFile(join(folder, 'new'), text)
      await rename(join(folder, 'new'), file)
      await watch.check()
    }
    expect(loaded).toEqual(['one.', 'two.', 'six.', 'ten.'])
  })

  it('are loaded again when a link above them leads elsewhere, as in Kubernetes', async () => {
    const folder = await ownFolder()
    for (const [name, text] of [
      ['..2026_1', 'one.'],
      ['..2026_2', 'two.'],
    ] as const) {
      await mkdir(join(folder, name))
      await writeFile(join(folder, name, 'tls.crt'), text)
    }
    await symlink('..2026_1', join(folder, '..data'))
    await symlink(join('..data', 'tls.crt'), join(folder, 'tls.crt'))
    const { watch, loaded } = await watched([join(folder, 'tls.crt')])
    await symlink('..2026_2', join(folder, '..data_tmp'))
    await rename(join(folder, '..data_tmp'), join(folder, '..data'))
    await rm(join(folder, '..2026_1'), { recursive: true })
    await watch.check()
    expect(loaded).toEqual(['one.', 'two.'])
  })

  it('that are half written are tried again, until they are whole', async () => {
    const { file } = await ownFile()
    const { watch, loaded, failures } = await watched([file])
    await writeFile(file, 'tw')
    await watch.check()
    expect(failures).toHaveLength(1)
    await watch.check()
    expect(failures).toHaveLength(2)
    await writeFile(file, 'two.')
    await watch.check()
    await rm(file)
    await watch.check()
    expect(failures).toHaveLength(3)
    await writeFile(file, 'three.')
    await watch.check()
    expect(loaded).toEqual(['one.', 'two.', 'three.'])
  })

  it('are not loaded again when they were only touched', async () => {
    const { file } = await ownFile()
    const { watch, loaded } = await watched([file])
    await writeFile(file, 'one.')
    await watch.check()
    expect(loaded).toEqual(['one.'])
  })

  it('are loaded together', async () => {
    const { file, folder } = await ownFile()
    const other = join(folder, 'other.pem')
    await writeFile(other, 'a.')
    const { watch, loaded } = await watched([file, other])
    await writeFile(other, 'b.')
    await watch.check()
    expect(loaded).toEqual(['one.|a.', 'one.|b.'])
  })

  it('must load the first time', async () => {
    const { file } = await ownFile('on')
    await expect(watched([file])).rejects.toThrow('is not whole')
    await expect(watched([`${file}-missing`])).rejects.toThrow('ENOENT')
  })

  it('are seen by the timer', async () => {
    const { file } = await ownFile()
    const { loaded, nextLoad } = await watched([file], { everyMs: 5 })
    const next = nextLoad()
    await writeFile(file, 'two.')
    await next
    expect(loaded.at(-1)).toBe('two.')
  })

  it.runIf(process.platform === 'linux')('are seen sooner where the system tells', async (test) => {
    const { file, folder } = await ownFile()
    // A system has only so many watchers.
    try {
      watch(folder).close()
    } catch {
      test.skip()
    }
    const { loaded, nextLoad } = await watched([file])
    const next = nextLoad()
    await writeFile(join(folder, 'new'), 'two.')
    await rename(join(folder, 'new'), file)
    await next
    expect(loaded).toEqual(['one.', 'two.'])
  })
})
