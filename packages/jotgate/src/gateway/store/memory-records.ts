import { isObject, isWholeNumber, type JsonObject, stringProblem } from '../../values/index.ts'
import { gatewayErrors } from '../errors.ts'
import type { RecordKind, StoredRecord } from './store.ts'

/** A record and its kind: what one row of a store is. */
export interface KeptRecord extends StoredRecord {
  readonly kind: RecordKind
}

/** The records that a process holds, each until it expires. */
export interface MemoryRecords {
  get(kind: RecordKind, id: string): KeptRecord | undefined
  /** @throws ERR_GATEWAY_STORE when it is a new one and there are as many as there may be */
  set(kept: KeptRecord): void
  /** @returns whether there was one, expired or not */
  delete(kind: RecordKind, id: string): boolean
  /** All that have not expired. */
  list(): Iterable<KeptRecord>
  /**
   * Removes a few of the expired ones. Each write does it, and begins where the last one stopped: so all are
   * removed in time, without a pause for a look at all of them.
   */
  sweep(): void
}

/** Bytes of a record's JSON. A session with every group and cookie that others allow has a tenth. */
const maxRecordBytes = 65_536
/** Bounds of `maxRecords`. */
export const recordBounds = { min: 1, max: 10_000_000, fallback: 1_000_000 }

const maxIdLength = 200
const sweptAtOnce = 16
const sweptForSpace = 1000

/** What names a record in a map. */
export const placeOf = ({ kind, id }: { readonly kind: RecordKind; readonly id: string }) =>
  `${kind}/${id}`

/** Makes an empty set of records, of which there may be `maxRecords`. */
export function createMemoryRecords(options: {
  readonly clock: () => number
  readonly maxRecords: number
  /** Learns of a record that has expired and is removed. */
  readonly onExpired?: (kept: KeptRecord) => void
}): MemoryRecords {
  const { clock, maxRecords, onExpired } = options
  const held = new Map<string, KeptRecord>()
  let round = held.values()
  const isOver = ({ expiresAt }: KeptRecord) => expiresAt <= clock()
  const sweep = (count: number) => {
    // Once around is enough, and the end of a round takes a step.
    const steps = Math.min(count, held.size + 1)
    for (let step = 0; step < steps; step += 1) {
      const { value, done } = round.next()
      if (done === true) {
        round = held.values()
      } else if (isOver(value)) {
        held.delete(placeOf(value))
        onExpired?.(value)
      }
    }
  }
  return {
    get(kind, id) {
      const found = held.get(placeOf({ kind, id }))
      return found === undefined || isOver(found) ? undefined : found
    },
    set(kept) {
      const place = placeOf(kept)
      const isFull = () => held.size >= maxRecords && !held.has(place)
      if (isFull()) sweep(sweptForSpace)
      if (isFull())
        throw gatewayErrors.ERR_GATEWAY_STORE({
          problem: `is full: it has ${maxRecords} records, which is what maxRecords allows`,
        })
      held.set(place, kept)
    },
    delete: (kind, id) => held.delete(placeOf({ kind, id })),
    *list() {
      for (const kept of held.values()) if (!isOver(kept)) yield kept
    },
    sweep: () => sweep(sweptAtOnce),
  }
}

/**
 * Copies what is to be kept, so that nobody can change it afterwards.
 *
 * @throws ERR_GATEWAY_STORE when it is too large, or no record
 */
export function toKept(kind: RecordKind, stored: StoredRecord): KeptRecord {
  const { id, record, expiresAt } = stored
  const refuse = (problem: string) =>
    gatewayErrors.ERR_GATEWAY_STORE({ problem: `was given a record whose ${problem}` })
  const idProblem = stringProblem(id, maxIdLength)
  if (idProblem !== undefined) throw refuse(`ID ${idProblem}`)
  if (!isWholeNumber(expiresAt, 0, Number.MAX_SAFE_INTEGER))
    throw refuse('expiresAt is not a whole number of milliseconds')
  if (!isObject(record)) throw refuse('content is not an object')
  const text = JSON.stringify(record)
  if (Buffer.byteLength(text) > maxRecordBytes)
    throw refuse(`JSON is longer than ${maxRecordBytes} bytes`)
  return { kind, id, record: readRecord(text), expiresAt }
}

/** Reads a record from its JSON; it cannot be changed. */
export function readRecord(text: string): JsonObject {
  const record: unknown = JSON.parse(text)
  freeze(record)
  return record as JsonObject
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const member of Object.values(value)) freeze(member)
  Object.freeze(value)
}
