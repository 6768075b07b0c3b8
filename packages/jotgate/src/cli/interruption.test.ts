import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, watch, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createKeyPair } from '../keys/index.ts'
import { interrupted, orInterrupted } from './interruption.ts'

const bin = fileURLToPath(new URL('../../bin/jotgate.js', import.meta.url))

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jotgate-interruption-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('what may be interrupted', () => {
  it('gives what it gives', async () => {
    const { signal } = new AbortController()
    expect(await orInterrupted(signal, Promise.resolve(1))).toBe(1)
    await expect(orInterrupted(signal, Promise.reject(new Error('no')))).rejects.toThrow('no')
  })

  it('is not waited for', async () => {
    const controller = new AbortController()
    const waiting = orInterrupted(controller.signal, new Promise(() => undefined))
    controller.abort()
    await expect(waiting).rejects.toBe(interrupted)
    await expect(orInterrupted(controller.signal, Promise.resolve(1))).rejects.toBe(interrupted)
  })
})

// Windows ends a process without asking it.
describe.skipIf(process.platform === 'win32')('a batch that is interrupted', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'leaves nothing behind at %s, and says nothing',
    async (signal) => {
      const { privateKeyPem } = await createKeyPair({ bits: 2048 })
      await writeFile(join(folder, 'key.pem'), privateKeyPem, { mode: 0o600 })
      const line = 'token create --for cloud --issuer acme --key key.pem --batch - --out tokens'
      const changes = watch(folder)
      const child = spawn(process.execPath, [bin, ...line.split(' ')], { cwd: folder })
      const ended = once(child, 'exit')
      let said = ''
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        said += text
      })
      const user = { subject: '1', name: 'A', email: 'a@b.example', emailVerified: true }
      child.stdin.write(`${JSON.stringify(user)}\n`)
      // The draft of the result; the standard input stays open.
      for await (const { filename } of changes) if (filename?.startsWith('.tokens.')) break
      child.kill(signal)
      expect(await ended).toEqual([null, signal])
      expect(said).toBe('')
      expect(await readdir(folder)).toEqual(['key.pem'])
    },
  )
})
