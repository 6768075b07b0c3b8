import { clearLine, cursorTo } from 'node:readline'
import type { Ask } from './ask.ts'

/** What a command speaks to. */
export interface Terminal {
  readonly stdin: AsyncIterable<Uint8Array | string>
  readonly stdinIsTerminal: boolean
  readonly stdoutIsTerminal: boolean
  readonly stderrIsTerminal: boolean
  /** How wide the terminal is that stdout or stderr is; undefined where it is none. */
  readonly columns: { readonly stdout: number | undefined; readonly stderr: number | undefined }
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Where relative paths begin. */
  readonly folder: string
  /** Resolves when the text is on its way; rejects with the system's error, EPIPE for a closed pipe. */
  writeOut(text: string | Uint8Array): Promise<void>
  writeErr(text: string): void
  /** Shows one line that the next one replaces; on a terminal only. */
  showProgress(line: string): void
  /** Asks on the terminal, without showing the answer when it is a secret. */
  ask(question: string, options?: { secret?: boolean }): Promise<string>
}

/** The streams of this process. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr } = process
  let asking: Ask | undefined
  // Each write tells its own error; without a listener, a closed pipe would be an uncaught one as well.
  stdout.on('error', () => undefined)
  stderr.on('error', () => undefined)
  return {
    stdin,
    stdinIsTerminal: stdin.isTTY === true,
    stdoutIsTerminal: stdout.isTTY === true,
    stderrIsTerminal: stderr.isTTY === true,
    columns: {
      get stdout() {
        return stdout.isTTY === true ? stdout.columns : undefined
      },
      get stderr() {
        return stderr.isTTY === true ? stderr.columns : undefined
      },
    },
    environment: process.env,
    folder: process.cwd(),
    writeOut: (text) =>
      new Promise((resolve, reject) => {
        stdout.write(text, (error) => (error ? reject(error) : resolve()))
      }),
    writeErr: (text) => void stderr.write(text),
    showProgress(line) {
      if (stderr.isTTY !== true) return
      cursorTo(stderr, 0)
      stderr.write(line)
      clearLine(stderr, 1)
    },
    async ask(question, { secret = false } = {}) {
      const { createAsk } = await import('./ask.ts')
      asking ??= createAsk({ input: stdin, output: stderr })
      return asking(question, secret)
    },
  }
}
