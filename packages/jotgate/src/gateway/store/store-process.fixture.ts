import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { createStoreFolder } from './store-folder.fixture.ts'

const program = fileURLToPath(new URL('store-child.fixture.ts', import.meta.url))

/**
 * Runs the process of store-child.fixture.ts, and kills it by SIGKILL after so many changes, unless it has ended by
 * itself.
 *
 * @returns the lines of its log
 */
export async function runStoreProcess(options: {
  readonly file: string
  readonly ring: string
  readonly begin?: number
  readonly killAfter: number
}): Promise<readonly string[]> {
  const { file, ring, begin = 1, killAfter } = options
  const log = join(await createStoreFolder(), 'log')
  const child = spawn(process.execPath, [program, file, ring, log, String(begin)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const ended = once(child, 'close')
  const failed = text(child.stderr)
  let changes = 0
  child.stdout.on('data', (dots: Buffer) => {
    changes += dots.length
    if (changes >= killAfter) child.kill('SIGKILL')
  })
  await ended
  const error = await failed
  if (error !== '') throw new Error(error)
  return (await readFile(log, 'utf8')).split('\n').filter((line) => line !== '')
}
