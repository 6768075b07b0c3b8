import { createReadStream } from 'node:fs'
import { isJotgateError } from '../../errors/index.ts'
import type { Signer, User } from '../../token/index.ts'
import type { Call, Outcome } from '../command.ts'
import { cliErrors } from '../errors.ts'
import { asInputError } from '../read-input.ts'
import type { Terminal } from '../terminal.ts'
import { readSigningRequest } from '../token-request.ts'
import { createUnsentNote, createUnverifiedNote } from '../user.ts'
import type { BatchRow } from './batch-row.ts'
import { readRows } from './rows.ts'

/** How many tokens are asked for ahead of the one that is written next. */
const ahead = 16

const singleUserOptions = [
  'subject',
  'userId',
  'name',
  'email',
  'emailVerified',
  'group',
  'claim',
  'userJson',
  'as',
]

/** A token for each row, in the order of the rows; a bad row is named, and the others go on. */
export async function runBatch(call: Call): Promise<Outcome> {
  const file = call.values.text('batch') ?? ''
  let total: number | undefined
  const { signer, target } = await readSigningRequest(call, {
    needsUrl: false,
    problems: singleUserOptions.some((name) => call.values.source(name) === 'flag')
      ? ['--batch has the users; omit the options of a single user']
      : [],
    accepts: async () => {
      total = file === '-' ? undefined : await sizeOf(file)
    },
  })
  const progress = createProgress(call.terminal, total)
  const source = file === '-' ? call.stdin('--batch') : createReadStream(file)
  const noteUnsent = createUnsentNote(call, target)
  const noteUnverified = createUnverifiedNote(call, target)
  const counted = { done: 0, failed: 0 }
  const waiting: Promise<void>[] = []
  let last: Promise<void> = Promise.resolve()
  try {
    for await (const row of readRows(progress.count(source), { name: file })) {
      if ('user' in row) {
        noteUnsent(row.user, row.meantColumns)
        noteUnverified(row.user)
      }
      const line = lineFor(call, signer, row, counted)
      last = last.then(async () => {
        const text = await line
        if (text !== undefined) await call.result.write(text)
        progress.show(counted.done)
      })
      // Awaited below; until then a failure must not count as unhandled.
      last.catch(() => undefined)
      waiting.push(last)
      if (waiting.length > ahead) await waiting.shift()
    }
    await last
  } catch (error) {
    throw asInputError(error, file)
  } finally {
    progress.end()
  }
  const { failed } = counted
  const users = failed + counted.done
  if (users === 0)
    call.note(`note: ${file === '-' ? 'the standard input' : file} contains no users`)
  if (failed > 0) throw cliErrors.ERR_CLI_BATCH({ failed, total: users })
  return { text: '', json: undefined }
}

async function sizeOf(file: string): Promise<number> {
  const { stat } = await import('node:fs/promises')
  try {
    const found = await stat(file)
    // A pipe is another program's output, which ends with it; a device may have no end.
    if (found.isFile() || found.isFIFO()) return found.size
  } catch (error) {
    throw asInputError(error, file)
  }
  throw cliErrors.ERR_CLI_INPUT({ source: file, problem: 'is not a file or a pipe' })
}

async function lineFor(
  call: Call,
  signer: Signer,
  row: BatchRow,
  counted: { done: number; failed: number },
): Promise<string | undefined> {
  try {
    if ('problem' in row) throw cliErrors.ERR_CLI_INPUT({ source: 'It', problem: row.problem })
    const { token, jti, expiresAt } = await signer.sign(row.user as User)
    counted.done += 1
    return `${JSON.stringify({ line: row.line, subject: row.user.subject, token, jti, expiresAt })}\n`
  } catch (error) {
    if (!isJotgateError(error)) throw error
    counted.failed += 1
    call.note(`line ${row.line}: ${error.message}`)
    return undefined
  }
}

/** A bar on stderr, when that is a terminal: how much of the file has been read. */
interface Progress {
  count(source: AsyncIterable<Uint8Array | string>): AsyncIterable<Uint8Array | string>
  show(done: number): void
  end(): void
}

const barWidth = 30

function createProgress(terminal: Terminal, total: number | undefined): Progress {
  let read = 0
  let shownAt = Number.NEGATIVE_INFINITY
  return {
    async *count(source) {
      for await (const chunk of source) {
        read += chunk.length
        yield chunk
      }
    },
    show(done) {
      const now = performance.now()
      if (!terminal.stderrIsTerminal || now - shownAt < 100) return
      shownAt = now
      const share = total === undefined || total === 0 ? undefined : Math.min(1, read / total)
      terminal.showProgress(share === undefined ? `${done} tokens` : `${bar(share)} ${done} tokens`)
    },
    end() {
      if (terminal.stderrIsTerminal) terminal.showProgress('')
    },
  }
}

function bar(share: number): string {
  const full = Math.round(share * barWidth)
  return `[${'#'.repeat(full)}${'.'.repeat(barWidth - full)}] ${Math.round(share * 100)} %`
}
