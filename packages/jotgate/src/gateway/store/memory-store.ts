import { readWholeNumber, valueOrThrow } from '../../values/index.ts'
import { gatewayErrors } from '../errors.ts'
import { createMemoryRecords, recordBounds, toKept } from './memory-records.ts'
import type { Store } from './store.ts'
import { unwatched } from './unwatched.ts'

/** What `memoryStore` takes. */
export interface MemoryStoreOptions {
  /** How many records there may be, of all kinds: two a session, and one a used token. Default 1000000, 1 to 10000000. */
  readonly maxRecords?: number
  /** The time now, in milliseconds since 1970. Default `Date.now`. */
  readonly clock?: () => number
}

/**
 * A store that forgets all when the process ends: for tests and development. Everyone signs in again after a
 * restart, and a host assertion could be used a second time.
 *
 * @throws ERR_GATEWAY_OPTION
 * @example
 * import { memoryStore } from 'jotgate/gateway'
 *
 * const store = memoryStore({ maxRecords: 1000 })
 */
export function memoryStore(options: MemoryStoreOptions = {}): Store {
  const { clock = Date.now } = options
  const maxRecords = valueOrThrow(
    readWholeNumber('maxRecords', options.maxRecords, recordBounds),
    gatewayErrors.ERR_GATEWAY_OPTION,
  )
  const records = createMemoryRecords({ clock, maxRecords })
  let isClosed = false
  const use = () => {
    if (isClosed) throw gatewayErrors.ERR_GATEWAY_STORE({ problem: 'is closed' })
    records.sweep()
  }
  return {
    async get(kind, id) {
      use()
      return records.get(kind, id)?.record
    },
    put: (kind, stored) =>
      unwatched(async () => {
        use()
        records.set(toKept(kind, stored))
      }),
    add: (kind, stored) =>
      unwatched(async () => {
        use()
        const kept = toKept(kind, stored)
        if (records.get(kind, kept.id) !== undefined) return false
        records.set(kept)
        return true
      }),
    delete: (kind, ids) =>
      unwatched(async () => {
        use()
        for (const id of ids) records.delete(kind, id)
      }),
    async *list(kind) {
      use()
      for (const { kind: itsKind, ...stored } of records.list()) if (itsKind === kind) yield stored
    },
    get healthy() {
      return !isClosed
    },
    async close() {
      isClosed = true
    },
  }
}
