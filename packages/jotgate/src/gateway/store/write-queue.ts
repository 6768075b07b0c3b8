import { isJotgateError } from '../../errors/index.ts'
import { gatewayErrors } from '../errors.ts'
import { type KeptRecord, placeOf } from './memory-records.ts'
import type { RowChange } from './sqlite-file.ts'

/** What happens on the way to the disk. */
export interface WriteQueue {
  /**
   * Takes a change: the record, or its place when it is deleted. A later change of the same place replaces it.
   *
   * @param isFirst whether it is a new record: it is undone when it cannot be written, and refused while the disk is away
   * @returns a promise that resolves when the change would survive a power cut
   */
  push(change: Change, isFirst: boolean): Promise<void>
  /** Whether a place has a change that is not on the disk yet. */
  has(place: string): boolean
  /** What is wrong with the disk; undefined while it is fine. */
  readonly problem: string | undefined
  /** Writes what waits. @returns how many changes could not be written */
  close(): Promise<number>
}

/** A record to write, or the place of one to delete. */
export type Change = KeptRecord | Omit<KeptRecord, 'record'>

const changesAtOnce = 2000

/**
 * Lets all writes that wait go in one transaction, while the one before is under way: a disk takes as long for
 * one as for hundreds. What fails is tried again; only new records are forgotten, since whoever waited
 * for them was told.
 */
export function createWriteQueue(options: {
  /** Writes all or none. @returns whether the file had gone, so that all records must be written again */
  readonly write: (changes: readonly RowChange[]) => Promise<boolean>
  /** All records. */
  readonly all: () => Iterable<KeptRecord>
  /** Forgets a new record that could not be written. */
  readonly undo: (change: Change) => void
  readonly onHealth: (problem: string | undefined) => void
  /** How long a transaction may take. */
  readonly timeoutMs: number
  /** How long after a failure it is tried again. */
  readonly retryMs: number
}): WriteQueue {
  const { write, all, undo, onHealth, timeoutMs, retryMs } = options
  let dirty = new Map<string, Change>()
  let batch = new Map<string, Change>()
  let waiting: PromiseWithResolvers<void> | undefined
  let running: Promise<void> | undefined
  let retry: NodeJS.Timeout | undefined
  let needsAll = false
  let problem: string | undefined
  /** The places of new records among `dirty`. */
  let first = new Set<string>()

  const setProblem = (next: string | undefined) => {
    const isChange = problem !== next
    problem = next
    if (isChange) onHealth(next)
  }
  const writeAll = async (changes: Iterable<Change>, timer: NodeJS.Timeout) => {
    let slice: RowChange[] = []
    const flush = async () => {
      needsAll = (await write(slice)) || needsAll
      timer.refresh()
      slice = []
    }
    for (const change of changes) {
      slice.push(toRow(change))
      if (slice.length >= changesAtOnce) await flush()
    }
    if (slice.length > 0) await flush()
  }
  const writeBatch = async () => {
    const told = waiting
    const firstOfBatch = first
    batch = dirty
    dirty = new Map()
    first = new Set()
    waiting = undefined
    const fail = (reason: string) => {
      dirty = new Map([...batch, ...dirty])
      for (const place of [...firstOfBatch, ...first]) {
        const change = dirty.get(place)
        if (change === undefined) continue
        undo(change)
        const { kind, id, expiresAt } = change
        dirty.set(place, { kind, id, expiresAt })
      }
      first.clear()
      setProblem(reason)
      const error = errorOf(reason)
      told?.reject(error)
      waiting?.reject(error)
      waiting = undefined
    }
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      fail(`has had no answer of its disk for ${timeoutMs} ms`)
    }, timeoutMs)
    try {
      await writeAll(batch.values(), timer)
      if (needsAll) {
        await writeAll(all(), timer)
        needsAll = false
      }
      if (isLate) return
      setProblem(undefined)
      told?.resolve()
    } catch (error) {
      fail(problemOf(error))
      throw error
    } finally {
      clearTimeout(timer)
      batch = new Map()
    }
  }
  const run = async () => {
    clearTimeout(retry)
    // All writes of one turn go together.
    await undefined
    try {
      while (dirty.size > 0) await writeBatch()
    } catch {
      retry = setTimeout(start, retryMs)
      retry.unref()
    } finally {
      running = undefined
    }
  }
  const start = () => {
    running ??= run()
    return running
  }
  const wait = () => {
    if (problem !== undefined) throw errorOf(problem)
    waiting ??= Promise.withResolvers()
    // Whoever need not know does not wait.
    waiting.promise.catch(() => undefined)
    void start()
    return waiting.promise
  }
  return {
    async push(change, isFirst) {
      const place = placeOf(change)
      if (isFirst && problem !== undefined) throw errorOf(problem)
      if (isFirst) first.add(place)
      else if (!('record' in change)) first.delete(place)
      dirty.set(place, change)
      return wait()
    },
    has: (place) => dirty.has(place) || batch.has(place),
    get problem() {
      return problem
    },
    async close() {
      await running
      clearTimeout(retry)
      if (dirty.size > 0) await start()
      clearTimeout(retry)
      return dirty.size
    },
  }
}

function toRow(change: Change): RowChange {
  const { kind, id, expiresAt } = change
  return 'record' in change
    ? { kind, id, expiresAt, text: JSON.stringify(change.record) }
    : { kind, id, expiresAt }
}

const errorOf = (problem: string) => gatewayErrors.ERR_GATEWAY_STORE({ problem })

const problemOf = (error: unknown) =>
  isJotgateError(error, 'ERR_GATEWAY_STORE') ? error.details.problem : 'cannot be written'
