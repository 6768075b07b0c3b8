import { execFileSync } from 'node:child_process'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ownFolder } from './folder.fixture.ts'
import { inWords, readFileWithin } from './read-file.ts'

describe('a file', () => {
  it('is read up to the limit, with what the system says of it', async () => {
    const file = join(await ownFolder(), 'a')
    await writeFile(file, 'x'.repeat(100_000), { mode: 0o600 })
    const { bytes, stats } = await readFileWithin(file, 100_000)
    expect(bytes?.toString()).toBe('x'.repeat(100_000))
    expect(stats?.isFile()).toBe(true)
    expect(await readFileWithin(file, 99_999)).toEqual({
      refusal: { reason: 'too-large', maxBytes: 99_999 },
    })
  })

  it('is read when it is empty', async () => {
    const file = join(await ownFolder(), 'a')
    await writeFile(file, '')
    expect((await readFileWithin(file, 10)).bytes).toHaveLength(0)
  })

  it('must exist', async () => {
    const { refusal } = await readFileWithin(join(await ownFolder(), 'a'), 10)
    expect(refusal).toEqual({ reason: 'not-found' })
  })

  it('must not be a folder', async () => {
    expect((await readFileWithin(await ownFolder(), 10)).refusal).toEqual({ reason: 'folder' })
  })

  it.runIf(process.platform === 'linux')('must not be a device or a pipe', async () => {
    const pipe = join(await ownFolder(), 'pipe')
    execFileSync('mkfifo', [pipe])
    for (const file of ['/dev/zero', '/dev/null', pipe])
      expect((await readFileWithin(file, 10)).refusal).toEqual({ reason: 'not-regular' })
  })

  it.runIf(process.platform === 'linux')('is bounded where its size is unknown', async () => {
    const { bytes } = await readFileWithin('/proc/self/status', 65_536)
    expect(bytes?.toString()).toMatch(/^Name:/)
    expect((await readFileWithin('/proc/self/status', 10)).refusal?.reason).toBe('too-large')
  })

  it.runIf(process.getuid?.() !== 0)('must be readable', async () => {
    const file = join(await ownFolder(), 'a')
    await writeFile(file, 'x')
    await chmod(file, 0)
    const { refusal } = await readFileWithin(file, 10)
    expect(refusal).toMatchObject({ reason: 'unreadable', code: 'EACCES' })
  })

  it('with a NUL in its name is an error of the caller', async () => {
    await expect(readFileWithin('a\0b', 10)).rejects.toThrow(TypeError)
  })
})

it.each([
  [{ reason: 'not-found' }, 'does not exist'],
  [{ reason: 'folder' }, 'is a folder, not a file'],
  [{ reason: 'not-regular' }, 'is a device or a pipe, not a regular file'],
  [{ reason: 'too-large', maxBytes: 1_048_576 }, 'is larger than 1 MiB'],
  [{ reason: 'too-large', maxBytes: 65_536 }, 'is larger than 64 KiB'],
  [{ reason: 'too-large', maxBytes: 1000 }, 'is larger than 1000 bytes'],
  [{ reason: 'unreadable', code: 'EACCES', cause: undefined }, 'cannot be read (EACCES)'],
] as const)('says %o in words', (refusal, words) => {
  expect(inWords(refusal)).toBe(words)
})
