import { isMainThread, type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { isJotgateError } from '../../errors/index.ts'
import type { KeyRing } from './key-ring.ts'
import type { LoadedRows, RowChange, SqliteFile } from './sqlite-file.ts'

/** What the thread gets at its start. */
export interface ThreadData {
  readonly purpose: typeof purpose
  readonly file: string
  readonly keys: KeyRing
  readonly owner: string
  /** Whether this process has had the file open before. */
  readonly isReopened: boolean
}

/** One call at a time; each has one reply. */
export type ThreadCall =
  | { readonly load: number; readonly now: number }
  | { readonly write: readonly RowChange[] }
  /** Another key ring: what the current key had sealed is sealed again. */
  | { readonly keys: KeyRing; readonly now: number }
  | { readonly close: true }

/** What a call gives. */
export interface ThreadResult {
  /** The rows of `load`. */
  readonly loaded?: LoadedRows
  /** Of `write`: the file had gone and was made again, with no other rows than these. */
  readonly isNewFile?: boolean
}

/** A result, or the problem of ERR_GATEWAY_STORE. */
export type ThreadReply =
  | (ThreadResult & { readonly problem?: never })
  | { readonly problem: string }

/** Tells this thread from any other that loads this file. */
export const purpose = 'jotgate.sqlite-store'

/**
 * This file, wherever it is: a source, a compiled module, or a part of the bundled command. It is what runs on
 * the thread, and the store imports it to learn its address.
 */
export const threadFile = new URL(import.meta.url)

if (!isMainThread && parentPort !== null && (workerData as ThreadData | null)?.purpose === purpose)
  serve(parentPort, workerData as ThreadData)

function serve(port: MessagePort, data: ThreadData): void {
  let opened: SqliteFile | undefined
  let { isReopened, keys } = data
  // Loaded here alone: on Node 22 SQLite comes with a warning, which the store has turned off for its thread.
  const open = async () => {
    const [{ openSqliteFile }, { createSealer }] = await Promise.all([
      import('./sqlite-file.ts'),
      import('./seal.ts'),
    ])
    const { file, owner } = data
    opened = await openSqliteFile({ file, owner, isReopened, sealer: createSealer(keys) })
    isReopened = true
    return opened
  }
  const answer = async (call: ThreadCall): Promise<ThreadResult> => {
    if ('close' in call) {
      opened?.close()
      return {}
    }
    if ('keys' in call) {
      keys = call.keys
      opened?.close()
      const file = await open()
      let next: number | undefined = 0
      while (next !== undefined) next = file.load(next, call.now).next
      return {}
    }
    const isNewFile = opened === undefined && isReopened
    const file = opened ?? (await open())
    if ('load' in call) return { loaded: file.load(call.load, call.now) }
    file.write(call.write)
    return { isNewFile: isNewFile && file.isNew }
  }
  port.on('message', async (call: ThreadCall) => {
    let reply: ThreadReply
    try {
      reply = await answer(call)
    } catch (error) {
      reply = { problem: problemOf(error) }
      // Whatever it was, the next call begins with a file that is opened and checked again.
      try {
        opened?.close()
      } catch {
        // The file system is away, or the file was closed before.
      }
      opened = undefined
    }
    port.postMessage(reply)
  })
}

const problemOf = (error: unknown) =>
  isJotgateError(error, 'ERR_GATEWAY_STORE')
    ? error.details.problem
    : `failed: ${error instanceof Error ? error.message : 'unknown'}`
