import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../../packages/jotgate/bin/jotgate.js', import.meta.url))

/** The words that start the command in a shell, also behind `exec`. */
export const jotgateWords = `"${process.execPath}" "${bin}"`

/**
 * Whether this machine has the `script` of util-linux, which runs a command on a terminal of its own. Debian
 * and its kin always have it (bsdutils is essential); macOS has another of that name.
 */
export const hasTerminals = /util-linux/.test(
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '',
)

/** A line of a shell that runs on a real terminal, and somebody who sits at it. */
export interface Sitting {
  /** What stands on the screen, with the codes that move the cursor and choose colours. */
  shown(): string
  /** Waits until something new is shown; resolves with all that is shown. */
  until(text: string): Promise<string>
  type(text: string): void
  ended: Promise<number | null>
  close(): void
}

/** Runs a line, in which `jotgate` is the command, on a terminal. */
export function sitAt(
  line: string,
  { folder, env = {} }: { folder: string; env?: Record<string, string> },
): Sitting {
  // Only the place where Node keeps compiled sources, which the command does not read.
  const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env
  const cache = NODE_COMPILE_CACHE === '' ? {} : { NODE_COMPILE_CACHE }
  const jotgate = `jotgate() { ${jotgateWords} "$@"; }`
  const child: ChildProcess = spawn(
    'script',
    ['--quiet', '--return', '--flush', '--command', `${jotgate}\n${line}`, '/dev/null'],
    { cwd: folder, env: { PATH, HOME, SHELL: '/bin/sh', TERM: 'xterm', ...cache, ...env } },
  )
  let shown = ''
  let seen = 0
  const listeners = new Set<() => void>()
  const told = () => {
    for (const listener of [...listeners]) listener()
  }
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    shown += text
    told()
  })
  let isOver = false
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode) => {
      isOver = true
      told()
      resolve(exitCode)
    })
  })
  return {
    shown: () => shown,
    until: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const at = shown.indexOf(text, seen)
          if (at === -1 && !isOver) return
          listeners.delete(look)
          if (at === -1) return reject(new Error(`It ended without ${text}:\n${shown}`))
          seen = at + text.length
          resolve(shown)
        }
        listeners.add(look)
        look()
      }),
    type: (text) => void child.stdin?.write(text),
    ended,
    close: () => void child.kill(),
  }
}
