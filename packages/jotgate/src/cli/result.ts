import { systemCode } from '../files/index.ts'
import { cliErrors } from './errors.ts'
import type { Terminal } from './terminal.ts'

/** Where a command's result goes. */
export interface Result {
  write(text: string | Uint8Array): Promise<void>
  /** From here on a file that is there already stays as it is. */
  mustBeNew(): Promise<void>
  /** Makes it count. */
  commit(): Promise<void>
  /** Leaves nothing behind and takes nothing more; what a pipe has read already cannot be called back. */
  abandon(): Promise<void>
}

/** Thrown when the reader of our output has gone: no failure, and nothing to say. */
export const closedPipe = Symbol('closed pipe')

/** A result that goes to stdout. */
export function toStdout(terminal: Terminal): Result {
  return {
    async write(text) {
      try {
        await terminal.writeOut(text)
      } catch (error) {
        const reason = systemCode(error)
        if (reason === 'EPIPE' || reason === 'ERR_STREAM_DESTROYED') throw closedPipe
        throw cliErrors.ERR_CLI_STDOUT({ reason }, { cause: error })
      }
    },
    mustBeNew: async () => undefined,
    commit: async () => undefined,
    abandon: async () => undefined,
  }
}
