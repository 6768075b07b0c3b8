import { chmod, chown, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createKeyRing, readKeyRing, rotateKeyRing } from './key-ring.ts'
import { createStoreFolder } from './store-folder.fixture.ts'

const clock = () => Date.UTC(2026, 10, 28)
const refusal = (problem: string | RegExp) => ({
  code: 'ERR_GATEWAY_KEY_RING',
  details: { file: expect.any(String), problem: expect.stringMatching(problem) },
})
const ringFile = async () => join(await createStoreFolder(), 'secret', 'keys.json')

describe('a key ring', () => {
  it('is made in a file of its owner alone, and read again', async () => {
    const file = await ringFile()
    const made = await createKeyRing({ file, clock })
    expect(made).toEqual({
      current: {
        id: expect.stringMatching(/^2026-11-28-[0-9a-f]{6}$/),
        key: expect.any(Uint8Array),
      },
      others: [],
      file,
    })
    expect(made.current.key).toHaveLength(32)
    expect(await readKeyRing({ file })).toEqual(made)
    if (process.platform === 'win32') return
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await stat(join(file, '..'))).mode & 0o777).toBe(0o700)
  })

  it('is never overwritten by a new one', async () => {
    const file = await ringFile()
    const made = await createKeyRing({ file })
    await expect(createKeyRing({ file })).rejects.toMatchObject(refusal(/^exists already/))
    expect(await readKeyRing({ file })).toEqual(made)
    expect(await readdir(join(file, '..'))).toEqual(['keys.json'])
  })

  it('gets a new current key, and keeps those before up to its limit', async () => {
    const file = await ringFile()
    const first = await createKeyRing({ file })
    const second = await rotateKeyRing({ file })
    expect(second.others).toEqual([first.current])
    expect(second.current.key).not.toEqual(first.current.key)
    for (let n = 0; n < 25; n += 1) await rotateKeyRing({ file })
    const last = await readKeyRing({ file })
    expect(last.others).toHaveLength(19)
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  const key = Buffer.alloc(32, 7).toString('base64url')
  it.each([
    ['no JSON', 'not JSON', /^is not JSON/],
    ['a list', '[]', /^is not JSON/],
    [
      'another member',
      `{"keys":[{"id":"a","key":"${key}"}],"kyes":[]}`,
      /^is not JSON with `keys` alone/,
    ],
    ['no keys', '{"keys":[]}', /^has no key$/],
    ['a key of 31 bytes', `{"keys":[{"id":"a","key":"${key.slice(0, 41)}"}]}`, /keys\[0\]/],
    ['a key in hexadecimal', `{"keys":[{"id":"a","key":"${'07'.repeat(32)}"}]}`, /keys\[0\]/],
    ['a key with padding', `{"keys":[{"id":"a","key":"${key}="}]}`, /keys\[0\]/],
    [
      'a key that ends in other bits',
      `{"keys":[{"id":"a","key":"${key.slice(0, -1)}9"}]}`,
      /keys\[0\]/,
    ],
    ['an ID with a space', `{"keys":[{"id":"a b","key":"${key}"}]}`, /keys\[0\]/],
    ['no ID', `{"keys":[{"key":"${key}"}]}`, /keys\[0\]/],
    ['one ID twice', `{"keys":[{"id":"a","key":"${key}"},{"id":"a","key":"${key}"}]}`, /two keys/],
    [
      '21 keys',
      JSON.stringify({ keys: Array.from({ length: 21 }, (_, n) => ({ id: `k${n}`, key })) }),
      /at most 20/,
    ],
    ['too many bytes', ' '.repeat(20_000), /^is larger than 16 KiB$/],
  ])('with %s is refused, without its bytes', async (_, text, problem) => {
    const file = join(await createStoreFolder(), 'keys.json')
    await writeFile(file, text, { mode: 0o600 })
    const error = await readKeyRing({ file }).catch((caught: Error) => caught)
    expect(error).toMatchObject(refusal(problem))
    expect(JSON.stringify([error, String(error)])).not.toContain(key.slice(0, 20))
  })

  it('that is missing is refused', async () => {
    const file = await ringFile()
    await expect(readKeyRing({ file })).rejects.toMatchObject(refusal('does not exist'))
    await expect(rotateKeyRing({ file })).rejects.toMatchObject(refusal('does not exist'))
  })

  it.skipIf(process.platform === 'win32')('that others may read is refused', async () => {
    const file = await ringFile()
    await createKeyRing({ file })
    for (const mode of [0o604, 0o640, 0o660]) {
      await chmod(file, mode)
      const words = new RegExp(`^has mode 0${mode.toString(8)}.*0600`)
      await expect(readKeyRing({ file })).rejects.toMatchObject(refusal(words))
    }
  })

  it.runIf(process.getuid?.() === 0)('of another user is refused', async () => {
    const file = await ringFile()
    await createKeyRing({ file })
    await chown(file, 1234, 1234)
    await expect(readKeyRing({ file })).rejects.toMatchObject(refusal('another user'))
  })

  it('keeps its old file when the new one cannot be written', async () => {
    const file = await ringFile()
    await createKeyRing({ file })
    const before = await readFile(file, 'utf8')
    await expect(createKeyRing({ file: join(file, 'below') })).rejects.toMatchObject(
      refusal(/^cannot be written \((ENOTDIR|EEXIST)\)$/),
    )
    expect(await readFile(file, 'utf8')).toBe(before)
  })
})
