import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { KeyRing, RingKey } from './key-ring.ts'

/** A folder of one test's own, removed when it has finished. */
export async function createStoreFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-store-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A disk of one test's own, or undefined where this user may not mount one. */
export async function mountSmallDisk(kibibytes: number): Promise<string | undefined> {
  const folder = await createStoreFolder()
  try {
    const options = `size=${kibibytes}k,mode=0700`
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'none', folder], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  onTestFinished(() => {
    execFileSync('umount', ['--lazy', folder])
  })
  return folder
}

/** A key of the ring with random bytes. */
export function createTestKey(id: string): RingKey {
  return { id, key: new Uint8Array(randomBytes(32)) }
}

/** A ring of new keys; the first is the current one. */
export function createTestKeys(...ids: [string, ...string[]]): KeyRing {
  const [current, ...others] = ids
  return { current: createTestKey(current), others: others.map(createTestKey) }
}
