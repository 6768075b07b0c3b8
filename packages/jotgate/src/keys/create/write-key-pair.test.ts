import { execFileSync } from 'node:child_process'
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readCertificate } from '../read/certificate.ts'
import { readSigningKey } from '../read/read-signing-key.ts'
import { createKeyPair, type KeyPair } from './create-key-pair.ts'
import { writeKeyPair } from './write-key-pair.ts'

let keyPair: KeyPair
let root: string
let folder: string
beforeAll(async () => {
  keyPair = await createKeyPair({ bits: 2048 })
  root = await mkdtemp(join(tmpdir(), 'jotgate-'))
})
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'keys-'))
})
afterAll(() => rm(root, { recursive: true }))

const modeOf = async (file: string) => ((await stat(file)).mode & 0o777).toString(8)

describe('writing a key pair', () => {
  it('creates a folder and files for the owner only, which can be read again', async () => {
    const inner = join(folder, 'a', 'b')
    const written = await writeKeyPair({ folder: inner, keyPair })
    expect(written).toEqual({
      privateKeyFile: join(inner, 'qlik.pem'),
      certificateFile: join(inner, 'qlik.cer'),
    })
    expect(await modeOf(join(folder, 'a'))).toBe('700')
    expect(await modeOf(inner)).toBe('700')
    expect(await modeOf(written.privateKeyFile)).toBe('600')
    expect((await readSigningKey({ file: written.privateKeyFile })).kid).toBe(keyPair.kid)
    const { certificateLine } = await readCertificate({ file: written.certificateFile })
    expect(certificateLine).toBe(keyPair.certificateLine)
  })

  it.each(['qlik.pem', 'qlik.cer'])(
    'leaves an existing %s as it is, and nothing beside it',
    async (name) => {
      await writeFile(join(folder, name), 'precious')
      await expect(writeKeyPair({ folder, keyPair })).rejects.toMatchObject({
        code: 'ERR_KEY_EXISTS',
        details: { file: join(folder, name) },
      })
      expect(await readdir(folder)).toEqual([name])
      expect(await readFile(join(folder, name), 'utf8')).toBe('precious')
    },
  )

  it('does not follow a link', async () => {
    const target = join(folder, 'elsewhere')
    await symlink(target, join(folder, 'qlik.pem'))
    await expect(writeKeyPair({ folder, keyPair })).rejects.toMatchObject({
      code: 'ERR_KEY_EXISTS',
    })
    expect(await readdir(folder)).toEqual(['qlik.pem'])
  })

  it('lets exactly one of many concurrent writers succeed', async () => {
    const writers = Array.from({ length: 8 }, () => writeKeyPair({ folder, keyPair }))
    const results = await Promise.allSettled(writers)
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect((await readdir(folder)).sort()).toEqual(['qlik.cer', 'qlik.pem'])
    expect((await readSigningKey({ file: join(folder, 'qlik.pem') })).kid).toBe(keyPair.kid)
  })

  it('leaves nothing when the disk is full', () => {
    // A limit of one block on file sizes stands for a full disk: the key's 1.7 kB do not fit.
    const module = fileURLToPath(new URL('write-key-pair.ts', import.meta.url))
    const script = `
      import { readdirSync } from 'node:fs'
      import { writeKeyPair } from ${JSON.stringify(module)}
      const keyPair = { privateKeyPem: 'k'.repeat(1700), certificatePem: 'c'.repeat(900) }
      await writeKeyPair({ folder: 'keys', keyPair }).catch((error) =>
        console.log(error.code, error.details.reason, readdirSync('keys').length))`
    const limited = 'trap "" XFSZ; ulimit -f 1; exec "$0" --input-type=module -e "$1"'
    const output = execFileSync('bash', ['-c', limited, process.execPath, script], {
      cwd: folder,
      encoding: 'utf8',
    })
    expect(output).toBe('ERR_KEY_WRITE EFBIG 0\n')
  })

  it('reports a path that cannot be a folder', async () => {
    await writeFile(join(folder, 'file'), '')
    await expect(writeKeyPair({ folder: join(folder, 'file'), keyPair })).rejects.toMatchObject({
      code: 'ERR_KEY_WRITE',
      details: { folder: join(folder, 'file'), reason: 'EEXIST' },
    })
  })

  it.runIf(process.platform === 'linux')(
    'reports a folder that the system does not allow',
    async () => {
      await expect(writeKeyPair({ folder: '/proc/jotgate/keys', keyPair })).rejects.toMatchObject({
        code: 'ERR_KEY_WRITE',
        details: { reason: 'ENOENT' },
      })
    },
  )

  it.each([0o777, 0o1777, 0o707])('refuses a folder of mode %o, unless allowed', async (mode) => {
    await chmod(folder, mode)
    await expect(writeKeyPair({ folder, keyPair })).rejects.toMatchObject({
      code: 'ERR_KEY_FOLDER',
      details: { folder, mode: mode.toString(8).padStart(4, '0') },
    })
    expect(await readdir(folder)).toEqual([])
    await writeKeyPair({ folder, keyPair, insecureFolder: true })
    expect(await readdir(folder)).toHaveLength(2)
  })

  it('refuses a folder below one to which every user can write, and makes none there', async () => {
    const inner = join(folder, 'a', 'b')
    await chmod(folder, 0o777)
    await expect(writeKeyPair({ folder: inner, keyPair })).rejects.toMatchObject({
      code: 'ERR_KEY_FOLDER',
      details: { folder },
    })
    expect(await readdir(folder)).toEqual([])
    // With the sticky bit, others cannot rename it.
    await chmod(folder, 0o1777)
    await writeKeyPair({ folder: inner, keyPair })
  })

  it.each(['', '../qlik', 'a/b', '.hidden', 'a\0', 'a'.repeat(65)])(
    'refuses the name %j',
    async (name) => {
      await mkdir(join(folder, 'a'))
      await expect(
        writeKeyPair({ folder: join(folder, 'a'), name, keyPair }),
      ).rejects.toMatchObject({
        code: 'ERR_KEY_OPTION',
        details: { option: 'name' },
      })
      expect(await readdir(folder)).toEqual(['a'])
    },
  )
})
