import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withLock } from './process-lock.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jotgate-lock-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the lock between processes', () => {
  it('lets one at a time work', async () => {
    const file = join(folder, 'one')
    let working = 0
    let most = 0
    const work = async () => {
      working += 1
      most = Math.max(most, working)
      await new Promise((resolve) => setImmediate(resolve))
      working -= 1
    }
    await Promise.all([withLock(file, work), withLock(file, work), withLock(file, work)])
    expect(most).toBe(1)
  })

  it('names its process and is gone afterwards, even after a failure', async () => {
    const file = join(folder, 'failing')
    const failing = withLock(file, async () => {
      expect(await readFile(file, 'utf8')).toBe(String(process.pid))
      throw new Error('vite failed')
    })
    await expect(failing).rejects.toThrow('vite failed')
    expect(existsSync(file)).toBe(false)
  })

  it('is taken over from a process that is dead', async () => {
    const file = join(folder, 'dead')
    const dead = spawnSync(process.execPath, ['--eval', '']).pid
    await writeFile(file, String(dead))
    expect(await withLock(file, async () => 'worked')).toBe('worked')
  })
})
