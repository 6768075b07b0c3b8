import type { JsonObject } from '../../values/index.ts'

/** What is kept: a gateway session, a Qlik session, a token that was used, where the audit log stood. */
export type RecordKind = 'session' | 'qlik-session' | 'used-token' | 'audit-anchor'

/** A record with its place. */
export interface StoredRecord {
  readonly id: string
  readonly record: JsonObject
  /** Milliseconds since 1970; it is gone then. */
  readonly expiresAt: number
}

/**
 * Where sessions survive a restart. Reads see every write at once; the promise of a write resolves when it
 * would survive a power cut, and whoever need not know does not wait for it.
 *
 * Each verb rejects with ERR_GATEWAY_STORE (503) when the store is away or full; nothing half-written is ever read.
 * A new record that was refused is not there. A change or a deletion holds though it was refused: reads
 * see it, and it is written when the store is back.
 */
export interface Store {
  get(kind: RecordKind, id: string): Promise<JsonObject | undefined>
  put(kind: RecordKind, stored: StoredRecord): Promise<void>
  /** Writes it when there is none of that ID, durable before the answer. @returns false when there is one */
  add(kind: RecordKind, stored: StoredRecord): Promise<boolean>
  delete(kind: RecordKind, ids: readonly string[]): Promise<void>
  /** All of a kind that have not expired. */
  list(kind: RecordKind): AsyncIterable<StoredRecord>
  /** Whether the last write succeeded. */
  readonly healthy: boolean
  close(): Promise<void>
}
