import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const module = JSON.stringify(new URL('./result-file.ts', import.meta.url).href)

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jotgate-result-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Runs lines of a program with a result that goes to a file; it is sent the signal when it has begun. */
async function endBy(signal: NodeJS.Signals, lines: string) {
  const file = JSON.stringify(join(folder, 'tokens'))
  const program = `import { toFile } from ${module}
    const result = toFile(${file})
    setInterval(() => undefined, 1000)
    ${lines}
    process.stdout.write('begun')`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  await Promise.race([once(child.stdout, 'data'), ended])
  child.kill(signal)
  const [, endedBy] = await ended
  return { endedBy, left: await readdir(folder) }
}

// Windows ends a process without asking it.
describe.skipIf(process.platform === 'win32')('a result that is interrupted', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'leaves nothing behind at %s',
    async (signal) => {
      const lines = "await result.write('a token')"
      expect(await endBy(signal, lines)).toEqual({ endedBy: signal, left: [] })
    },
  )

  it('stays when it was whole', async () => {
    const lines = "await result.write('a token'); await result.commit()"
    expect(await endBy('SIGTERM', lines)).toEqual({ endedBy: 'SIGTERM', left: ['tokens'] })
  })
})
