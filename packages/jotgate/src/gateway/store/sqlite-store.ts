import { randomUUID } from 'node:crypto'
import { realpath } from 'node:fs/promises'
import { dirname, resolve, sep } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { readString, readWholeNumber, valueOrThrow } from '../../values/index.ts'
import { gatewayErrors } from '../errors.ts'
import { type KeyRing, type RingKey, ringProblem } from './key-ring.ts'
import {
  createMemoryRecords,
  type KeptRecord,
  placeOf,
  readRecord,
  recordBounds,
  toKept,
} from './memory-records.ts'
import { createSqliteCalls } from './sqlite-calls.ts'
import type { DropReason } from './sqlite-file.ts'
import type { RecordKind, Store } from './store.ts'
import { unwatched } from './unwatched.ts'
import { createWriteQueue } from './write-queue.ts'

/** What `sqliteStore` takes. */
export interface SqliteStoreOptions {
  /** The file; it is made with mode 0600, and its folder with 0700. On a disk of this machine: locks and syncs of network file systems cannot be trusted. */
  readonly file: string
  /** Seals the records: `readKeyRing`. Outside the folder of the file. */
  readonly keys: KeyRing
  /** How many records there may be, of all kinds: two a session, and one a used token. Default 1000000, 1 to 10000000. */
  readonly maxRecords?: number
  /** How long the disk may take, in milliseconds, before the store is away. Default 5000, 100 to 60000. */
  readonly timeoutMs?: number
  /** What happened that somebody should know. */
  readonly onEvent?: (event: StoreEvent) => void
  /** The time now, in milliseconds since 1970. Default `Date.now`. */
  readonly clock?: () => number
}

/** A store in a file, whose key ring can be replaced while it is used. */
export interface SqliteStore extends Store {
  /**
   * Seals with another key ring from now on, and seals again what is there. It must have the key that seals now, as after
   * `rotateKeyRing`.
   *
   * @throws ERR_GATEWAY_OPTION, ERR_GATEWAY_STORE
   */
  useKeys(keys: KeyRing): Promise<void>
}

/** Something that an operator should know of a store. */
export type StoreEvent =
  /** At the start: records that could not be opened, and are gone. */
  | {
      readonly type: 'records-dropped'
      readonly kind: RecordKind
      readonly reason: DropReason
      readonly count: number
    }
  /** It can write no more; it tries again each second. */
  | { readonly type: 'store-away'; readonly problem: string }
  /** It can write again, and all that it kept in memory is written. */
  | { readonly type: 'store-back' }

const retryMs = 1000

/**
 * A store in one SQLite file, for one process. Reads come from memory; a write's promise resolves when the
 * disk has it.
 *
 * While the disk is full or away, reads go on, new records are refused, and endings hold: they are
 * written when it is back.
 *
 * @throws ERR_GATEWAY_OPTION; ERR_GATEWAY_STORE when the file cannot be had, is used by another process, is
 * damaged, or was made by a newer version
 * @example
 * import { readKeyRing, sqliteStore } from 'jotgate/gateway'
 *
 * const keys = await readKeyRing({ file: '/etc/jotgate/store-keys.json' })
 * const store = await sqliteStore({ file: '/var/lib/jotgate/sessions.db', keys })
 */
export async function sqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  const { clock = Date.now, onEvent = () => undefined } = options
  const { file, keys, maxRecords, timeoutMs } = await readOptions(options)
  let ring = keys
  const records = createMemoryRecords({
    clock,
    maxRecords,
    onExpired: ({ kind, id, expiresAt }) => {
      void unwatched(() => queue.push({ kind, id, expiresAt }, false))
    },
  })
  const calls = createSqliteCalls({ file, keys, owner: randomUUID() })
  const queue = createWriteQueue({
    write: async (changes) => (await calls.call({ write: changes })).isNewFile === true,
    all: () => records.list(),
    undo: ({ kind, id }) => records.delete(kind, id),
    onHealth: (problem) =>
      onEvent(problem === undefined ? { type: 'store-back' } : { type: 'store-away', problem }),
    timeoutMs,
    retryMs,
  })
  let closed: Promise<void> | undefined
  try {
    await load()
  } catch (error) {
    await calls.end()
    throw error
  }

  async function load(): Promise<void> {
    const dropped = new Map<string, Extract<StoreEvent, { type: 'records-dropped' }>>()
    let next: number | undefined = 0
    while (next !== undefined) {
      const { loaded } = await calls.call({ load: next, now: clock() })
      for (const { kind, id, expiresAt, text } of loaded?.rows ?? [])
        records.set({ kind, id, expiresAt, record: readRecord(text) })
      for (const { kind, reason } of loaded?.dropped ?? []) {
        const count = (dropped.get(`${kind} ${reason}`)?.count ?? 0) + 1
        dropped.set(`${kind} ${reason}`, { type: 'records-dropped', kind, reason, count })
      }
      next = loaded?.next
    }
    for (const event of dropped.values()) onEvent(event)
  }
  const use = () => {
    if (closed !== undefined) throw gatewayErrors.ERR_GATEWAY_STORE({ problem: 'is closed' })
  }
  const write = (kept: KeptRecord, isFirst: boolean) => {
    if (isFirst && queue.problem !== undefined)
      throw gatewayErrors.ERR_GATEWAY_STORE({ problem: queue.problem })
    records.sweep()
    records.set(kept)
    return queue.push(kept, isFirst)
  }
  return {
    async get(kind, id) {
      use()
      return records.get(kind, id)?.record
    },
    put: (kind, stored) =>
      unwatched(async () => {
        use()
        const kept = toKept(kind, stored)
        await write(kept, records.get(kind, kept.id) === undefined)
      }),
    add: (kind, stored) =>
      unwatched(async () => {
        use()
        const kept = toKept(kind, stored)
        if (records.get(kind, kept.id) !== undefined) return false
        await write(kept, true)
        return true
      }),
    delete: (kind, ids) =>
      unwatched(async () => {
        use()
        const written = ids
          .filter((id) => records.delete(kind, id) || queue.has(placeOf({ kind, id })))
          .map((id) => queue.push({ kind, id, expiresAt: 0 }, false))
        await Promise.all(written)
      }),
    async useKeys(next) {
      use()
      await checkKeys(file, next)
      if (isDeepStrictEqual(toKeys(next), toKeys(ring))) return
      if (!toKeys(next).some((one) => isDeepStrictEqual(one, ring.current)))
        throw gatewayErrors.ERR_GATEWAY_OPTION({
          option: 'keys',
          problem: 'lack the key that seals the records now: it stays, after the new one',
        })
      await calls.useKeys(next, clock())
      ring = next
    },
    async *list(kind) {
      use()
      for (const { kind: itsKind, ...stored } of records.list()) if (itsKind === kind) yield stored
    },
    get healthy() {
      return closed === undefined && queue.problem === undefined
    },
    close() {
      closed ??= close()
      return closed
    },
  }

  async function close(): Promise<void> {
    const expired = AbortSignal.timeout(timeoutMs)
    const late = new Promise<undefined>((resolveLate) =>
      expired.addEventListener('abort', () => resolveLate(undefined)),
    )
    const left = await Promise.race([queue.close(), late])
    if (left === 0) await Promise.race([calls.call({ close: true }).catch(() => undefined), late])
    await calls.end()
    if (left !== 0)
      throw gatewayErrors.ERR_GATEWAY_STORE({
        problem: `was closed before ${left ?? 'all'} changes were on the disk: ${queue.problem ?? 'it is slow'}`,
      })
  }
}

async function readOptions(options: SqliteStoreOptions) {
  const { keys } = options
  const toError = gatewayErrors.ERR_GATEWAY_OPTION
  const file = resolve(valueOrThrow(readString('file', options.file, 4096), toError))
  await checkKeys(file, keys)
  const maxRecords = readWholeNumber('maxRecords', options.maxRecords, recordBounds)
  const timeoutMs = readWholeNumber('timeoutMs', options.timeoutMs, {
    min: 100,
    max: 60_000,
    fallback: 5000,
    unit: 'milliseconds',
  })
  return {
    file,
    keys,
    maxRecords: valueOrThrow(maxRecords, toError),
    timeoutMs: valueOrThrow(timeoutMs, toError),
  }
}

async function checkKeys(file: string, keys: KeyRing): Promise<void> {
  const problem = ringProblem(keys)
  if (problem !== undefined) throw gatewayErrors.ERR_GATEWAY_OPTION({ option: 'keys', problem })
  await assertKeysElsewhere(file, keys)
}

/** The keys of a ring, the current one first. */
const toKeys = ({ current, others = [] }: KeyRing): readonly RingKey[] => [current, ...others]

/**
 * Refuses a key ring beside the store that it seals.
 *
 * @throws ERR_GATEWAY_OPTION
 */
export async function assertKeysElsewhere(file: string, keys: KeyRing): Promise<void> {
  if (keys.file === undefined || !(await isWithin(dirname(keys.file), dirname(file)))) return
  throw gatewayErrors.ERR_GATEWAY_OPTION({
    option: 'keys',
    problem: `lie in the folder of the store: whoever copies ${dirname(file)} would have both. Move ${keys.file} to another folder`,
  })
}

async function isWithin(inner: string, outer: string): Promise<boolean> {
  const real = (folder: string) => realpath(folder).catch(() => folder)
  const [one, other] = await Promise.all([real(inner), real(outer)])
  return one === other || one.startsWith(other.endsWith(sep) ? other : other + sep)
}
