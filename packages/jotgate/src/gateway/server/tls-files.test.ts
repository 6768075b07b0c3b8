import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readTlsFiles } from './tls-files.ts'

let folder: string
const at = (name: string) => join(folder, name)
const files = () => ({ certificateFile: at('tls.pem'), keyFile: at('tls.key') })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jotgate-tls-files-'))
  await writeFile(at('tls.pem'), 'certificate', { mode: 0o644 })
  await writeFile(at('tls.key'), 'key', { mode: 0o600 })
  await writeFile(at('large'), 'x'.repeat(262_145), { mode: 0o600 })
})
afterAll(() => rm(folder, { recursive: true }))

describe('the files of a certificate', () => {
  it('are read', async () => {
    expect(await readTlsFiles(files())).toEqual({
      certificate: 'certificate',
      key: 'key',
      source: at('tls.pem'),
    })
  })

  it.each([
    ['keyFile', 'nothing', /nothing does not exist$/],
    ['certificateFile', '.', /is a folder, not a file$/],
    ['certificateFile', 'large', /is larger than 256 KiB$/],
  ])('are refused: %s %s', async (option, name, problem) => {
    const reading = readTlsFiles({ ...files(), [option]: at(name) })
    await expect(reading).rejects.toMatchObject({
      code: 'ERR_GATEWAY_TLS',
      message: expect.stringMatching(problem),
    })
  })

  it.skipIf(process.platform === 'win32')('are refused when others can read the key', async () => {
    for (const mode of [0o640, 0o604, 0o660]) {
      await chmod(at('tls.key'), mode)
      await expect(readTlsFiles(files())).rejects.toThrow(/tls\.key can be read by other users/)
    }
    await chmod(at('tls.key'), 0o400)
    expect(await readTlsFiles(files())).toMatchObject({ key: 'key' })
  })
})
