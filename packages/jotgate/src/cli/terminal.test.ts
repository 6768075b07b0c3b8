import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { processTerminal } from './terminal.ts'

const terminal = JSON.stringify(new URL('./terminal.ts', import.meta.url).href)

/** Runs lines of a program that has the terminal of its process; its stderr is read when it has ended or waits. */
async function run(lines: string) {
  const program = `import { endProcess, processTerminal } from ${terminal}\n${lines}`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit')
  // What it says here is said before it begins to write on stderr.
  await Promise.race([once(child.stdout, 'data'), ended])
  const read = async () => {
    let text = ''
    for await (const chunk of child.stderr) text += chunk
    return text
  }
  const [stderr, [exitCode]] = await Promise.all([read(), ended])
  return { stderr, exitCode }
}

describe('the end of a process', () => {
  it('comes at once, whatever else would go on', async () => {
    const { exitCode } = await run(`setInterval(() => undefined, 1000)\nendProcess(3)`)
    expect(exitCode).toBe(3)
  })

  it('waits until stderr has taken what was written', async () => {
    const { stderr, exitCode } = await run(
      `await processTerminal(new AbortController().signal).writeOut('begun')
       processTerminal(new AbortController().signal).writeErr('x'.repeat(3_000_000))
       endProcess(3)`,
    )
    expect(stderr.length).toBe(3_000_000)
    expect(exitCode).toBe(3)
  })
})

describe('the folder of a process', () => {
  afterEach(() => vi.restoreAllMocks())

  it('is asked for when it is needed, and told of when somebody has removed it', () => {
    vi.spyOn(process, 'cwd').mockImplementation(() => {
      throw Object.assign(new Error('uv_cwd'), { code: 'ENOENT', syscall: 'uv_cwd' })
    })
    const terminal = processTerminal(new AbortController().signal)
    expect(() => terminal.folder).toThrow(
      expect.objectContaining({
        code: 'ERR_CLI_INPUT',
        message: 'The working folder no longer exists',
      }),
    )
  })
})
