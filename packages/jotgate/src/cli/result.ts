import { randomBytes } from 'node:crypto'
import { type FileHandle, lstat, open, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { cliErrors } from './errors.ts'
import type { Terminal } from './terminal.ts'

/** Where a command's result goes. */
export interface Result {
  write(text: string | Uint8Array): Promise<void>
  /** From here on a file that is there already stays as it is. */
  mustBeNew(): Promise<void>
  /** Makes it count. */
  commit(): Promise<void>
  /** Leaves nothing behind; what a pipe has read already cannot be called back. */
  abandon(): Promise<void>
}

/** Thrown when the reader of our output has gone: no failure, and nothing to say. */
export const closedPipe = Symbol('closed pipe')

export function createResult(terminal: Terminal, file: string | undefined): Result {
  return file === undefined ? toStdout(terminal) : toFile(file)
}

function toStdout(terminal: Terminal): Result {
  return {
    async write(text) {
      try {
        await terminal.writeOut(text)
      } catch (error) {
        const reason = reasonOf(error)
        if (reason === 'EPIPE' || reason === 'ERR_STREAM_DESTROYED') throw closedPipe
        throw cliErrors.ERR_CLI_STDOUT({ reason }, { cause: error })
      }
    },
    mustBeNew: async () => undefined,
    commit: async () => undefined,
    abandon: async () => undefined,
  }
}

/** A new file beside the one that is meant takes its place when it is whole: for its owner alone. */
function toFile(file: string): Result {
  const draft = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}`)
  let handle: FileHandle | undefined
  let isNew = false
  const attempt = async <Value>(step: () => Promise<Value>): Promise<Value> => {
    try {
      return await step()
    } catch (error) {
      await discard()
      const reason = reasonOf(error)
      if (isNew && reason === 'EEXIST') throw cliErrors.ERR_CLI_EXISTS({ file }, { cause: error })
      throw cliErrors.ERR_CLI_OUT({ file, reason }, { cause: error })
    }
  }
  const draftHandle = async () => {
    handle ??= await open(draft, 'wx', 0o600)
    return handle
  }
  const discard = async () => {
    if (handle === undefined) return
    await handle.close().catch(() => undefined)
    await unlink(draft).catch(() => undefined)
    handle = undefined
  }
  return {
    write: (text) => attempt(async () => (await draftHandle()).writeFile(text)),
    async mustBeNew() {
      isNew = true
      const isThere = await lstat(file).then(Boolean, () => false)
      if (isThere) throw cliErrors.ERR_CLI_EXISTS({ file })
    },
    commit: () =>
      attempt(async () => {
        const made = await draftHandle()
        await made.sync()
        await made.close()
        // Somebody may have come first since; the name is taken, then its empty file replaced.
        if (isNew) await (await open(file, 'wx', 0o600)).close()
        await rename(draft, file)
      }),
    abandon: discard,
  }
}

export function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}
