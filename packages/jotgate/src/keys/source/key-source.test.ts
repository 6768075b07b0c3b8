import { generateKeyPairSync } from 'node:crypto'
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type KeySource, readSource } from './key-source.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jotgate-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('a source', () => {
  it('is a file, a string, bytes, a variable or a stream, which errors name', async () => {
    const file = join(folder, 'a.pem')
    await writeFile(file, 'hello', { mode: 0o600 })
    const sources: [KeySource, string][] = [
      [{ file }, file],
      [{ pem: 'hello' }, 'The option pem'],
      [{ bytes: new TextEncoder().encode('hello') }, 'The option bytes'],
      [
        { env: 'QLIK_KEY', environment: { QLIK_KEY: 'hello' } },
        'The environment variable QLIK_KEY',
      ],
      [{ stream: Readable.from(['he', Buffer.from('llo')]) }, 'The stream'],
    ]
    for (const [options, source] of sources)
      expect(await readSource(options, true)).toEqual({ bytes: Buffer.from('hello'), source })
  })

  it('is read from the environment of the process unless another is given', async () => {
    process.env.JOTGATE_TEST_SOURCE = 'hello'
    try {
      const { bytes } = await readSource({ env: 'JOTGATE_TEST_SOURCE' }, true)
      expect(bytes.toString()).toBe('hello')
    } finally {
      delete process.env.JOTGATE_TEST_SOURCE
    }
  })

  it('is exactly one', async () => {
    await expect(readSource({} as KeySource, true)).rejects.toThrow('is needed')
    await expect(readSource(undefined as unknown as KeySource, true)).rejects.toThrow(TypeError)
    const both = { file: 'a', pem: 'b' } as KeySource
    await expect(readSource(both, true)).rejects.toThrow('Only one of the options file and pem')
    await expect(readSource({ pem: 5 as never }, true)).rejects.toThrow(TypeError)
    await expect(readSource({ bytes: 'x' as never }, true)).rejects.toThrow(TypeError)
  })

  it('may be readable by other users only if it is not secret', async () => {
    const file = join(folder, 'open.pem')
    await writeFile(file, 'hello')
    await chmod(file, 0o644)
    expect((await readSource({ file }, true)).exposure).toMatchObject({ code: 'ERR_KEY_MODE' })
    expect(await readSource({ file }, false)).toMatchObject({ exposure: undefined })
  })

  it.runIf(process.geteuid?.() === 0)(
    'may belong to another user only if it is not secret, or if allowed',
    async () => {
      const file = join(folder, 'foreign.pem')
      await writeFile(file, 'hello', { mode: 0o600 })
      await chown(file, 1000, 1000)
      expect((await readSource({ file }, true)).exposure).toMatchObject({
        code: 'ERR_KEY_OWNER',
        details: { file, owner: 1000 },
      })
      expect(await readSource({ file }, false)).toMatchObject({ exposure: undefined })
      const allowed = await readSource({ file, insecureOwner: true }, true)
      expect(allowed.exposure).toBeUndefined()
    },
  )

  it('is refused when the variable is missing or empty, or its name looks like a key', async () => {
    for (const environment of [{}, { QLIK_KEY: '' }])
      await expect(readSource({ env: 'QLIK_KEY', environment }, true)).rejects.toMatchObject({
        code: 'ERR_KEY_VARIABLE',
        details: { variable: 'QLIK_KEY' },
      })
    const secret = '-----BEGIN PRIVATE KEY-----\nMIIEv'
    const error: unknown = await readSource({ env: secret }, true).catch((reason) => reason)
    expect(error).toMatchObject({ code: 'ERR_KEY_OPTION', details: { option: 'env' } })
    expect(String(error)).not.toContain('MIIE')
  })

  it('is not repeated if the key itself was given as the path', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const der = privateKey.export({ type: 'pkcs1', format: 'der' }).toString('base64')
    const keys = [
      pem,
      pem.replaceAll('\n', '\\n'),
      pem.replaceAll('\n', ' '),
      `${pem}\0`,
      Buffer.from(pem).toString('base64'),
      der,
      der.replaceAll('/', '_'),
      JSON.stringify(privateKey.export({ format: 'jwk' })),
      `keys/${'k'.repeat(256)}`,
    ]
    for (const file of keys) {
      const error: unknown = await readSource({ file }, true).catch((reason) => reason)
      expect(error).toMatchObject({ code: 'ERR_KEY_OPTION', details: { option: 'file' } })
      const shown = inspect(error, { depth: 9 }) + JSON.stringify(error)
      expect(shown.replace('-----BEGIN', '')).not.toContain(file.slice(30, 60))
    }
    const paths = ['MIIqlik', 'LS0t.pem', 'a'.repeat(255), 'C:\\keys\\qlik', '/no/such/{key}']
    for (const file of paths)
      await expect(readSource({ file }, true)).rejects.toMatchObject({ code: 'ERR_KEY_NOT_FOUND' })
  })

  it('may be given with others that are undefined', async () => {
    const nothing = { file: undefined, env: undefined, stream: undefined, bytes: undefined }
    const options = { ...nothing, pem: 'hello' } as unknown as KeySource
    expect((await readSource(options, true)).source).toBe('The option pem')
  })

  it('is read up to the limit, and its error is reported', async () => {
    let given = 0
    async function* endless() {
      for (;;) {
        given += 1
        yield Buffer.alloc(1024)
      }
    }
    await expect(readSource({ stream: endless() }, true)).rejects.toMatchObject({
      code: 'ERR_KEY_TOO_LARGE',
      details: { source: 'The stream', maxBytes: 65_536 },
    })
    expect(given).toBe(65)
    await expect(readSource({ pem: 'a'.repeat(65_537) }, true)).rejects.toMatchObject({
      code: 'ERR_KEY_TOO_LARGE',
    })
    const broken = new Readable({ read: () => broken.destroy(new Error('EIO')) })
    await expect(readSource({ stream: broken }, true)).rejects.toMatchObject({
      code: 'ERR_KEY_FORM',
      details: { problem: 'ended with an error' },
    })
  })
})
