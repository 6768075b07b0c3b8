import type { Ask } from './ask.ts'
import { cliErrors } from './errors.ts'
import { writeOut } from './write-out.ts'

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

/**
 * The streams of this process. Node makes each at its first use, which takes it milliseconds.
 *
 * @param signal ends a question that was not answered
 */
export function processTerminal(signal: AbortSignal): Terminal {
  let asking: Ask | undefined
  const stdout = () => listened(process.stdout)
  const stderr = () => listened(process.stderr)
  return {
    get stdin() {
      return process.stdin
    },
    get stdinIsTerminal() {
      return process.stdin.isTTY === true
    },
    get stdoutIsTerminal() {
      return stdout().isTTY === true
    },
    get stderrIsTerminal() {
      return stderr().isTTY === true
    },
    columns: {
      get stdout() {
        return stdout().isTTY === true ? stdout().columns : undefined
      },
      get stderr() {
        return stderr().isTTY === true ? stderr().columns : undefined
      },
    },
    environment: process.env,
    get folder() {
      try {
        return process.cwd()
      } catch (error) {
        const problem = 'no longer exists'
        throw cliErrors.ERR_CLI_INPUT({ source: 'The working folder', problem }, { cause: error })
      }
    },
    writeOut: (text) => writeOut({ descriptor: 1, stream: stdout }, text),
    writeErr: (text) => void stderr().write(text),
    showProgress(line) {
      const stream = stderr()
      if (stream.isTTY !== true) return
      stream.cursorTo(0)
      // A line that went on in a second row would stay there: for its time the terminal does not wrap (DECAWM).
      if (line !== '') stream.write(`\x1b[?7l${line}\x1b[?7h`)
      stream.clearLine(1)
    },
    async ask(question, { secret = false } = {}) {
      const { createAsk } = await import('./ask.ts')
      asking ??= createAsk({ input: process.stdin, output: stderr(), signal })
      return asking(question, secret)
    },
  }
}

const heard = new Set<NodeJS.WriteStream>()

/** Each write tells its own error; without a listener, a closed pipe would be an uncaught one as well. */
function listened(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  if (heard.has(stream)) return stream
  heard.add(stream)
  return stream.on('error', () => undefined)
}

/**
 * Ends this process, when a stream still has something to write as soon as that is written. Without it
 * Node would first free all that it made, which is useless here.
 */
export function endProcess(exitCode: number): void {
  process.exitCode = exitCode
  if ([...heard].every(({ writableLength }) => writableLength === 0)) process.exit()
}
