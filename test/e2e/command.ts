import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../../packages/jotgate/bin/jotgate.js', import.meta.url))

/** What one call of the command left behind. */
export interface Ended {
  exitCode: number | null
  out: string
  err: string
}

/** The real command in a folder of its own, as a child process. */
export interface Command {
  folder: string
  run(
    args: readonly string[],
    options?: { stdin?: string; env?: Record<string, string> },
  ): Promise<Ended>
  /** A line for a shell, in which `jotgate` is the command. */
  shell(line: string, env?: Record<string, string>): Promise<Ended>
  close(): Promise<void>
}

export async function createCommand(): Promise<Command> {
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-command-'))
  const start = (
    file: string,
    args: readonly string[],
    env: Record<string, string>,
    stdin = '',
  ) => {
    // Only the place where Node keeps compiled sources, which the command does not read.
    const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env
    const child = spawn(file, args, {
      cwd: folder,
      env: { PATH, HOME, ...(NODE_COMPILE_CACHE && { NODE_COMPILE_CACHE }), ...env },
    })
    return new Promise<Ended>((resolve, reject) => {
      const ended = { out: '', err: '' }
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        ended.out += text
      })
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        ended.err += text
      })
      child.once('error', reject)
      child.once('close', (exitCode) => resolve({ exitCode, ...ended }))
      // A command that does not read its input ends before it was written.
      child.stdin.on('error', () => undefined).end(stdin)
    })
  }
  return {
    folder,
    run: (args, { stdin, env = {} } = {}) => start(process.execPath, [bin, ...args], env, stdin),
    shell: (line, env = {}) =>
      start('/bin/sh', ['-c', `jotgate() { "${process.execPath}" "${bin}" "$@"; }\n${line}`], env),
    close: () => rm(folder, { recursive: true, force: true }),
  }
}
