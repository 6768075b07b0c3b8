import { accessSync, closeSync, constants, openSync, type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { makeFolder, systemCode } from '../../files/index.ts'
import { gatewayErrors } from '../errors.ts'
import type { Sealer } from './seal.ts'
import type { RecordKind } from './store.ts'

/** A row to write; without `text`, one to delete. */
export interface RowChange {
  readonly kind: RecordKind
  readonly id: string
  readonly expiresAt: number
  /** The record's JSON. */
  readonly text?: string
}

/** A row that was read. */
export type LoadedRow = Required<RowChange>

/** Some rows of the file. */
export interface LoadedRows {
  readonly rows: readonly LoadedRow[]
  /** Where the next ones begin; undefined when there are none. */
  readonly next: number | undefined
  /** Records that cannot be opened, and are gone. */
  readonly dropped: readonly { readonly kind: RecordKind; readonly reason: DropReason }[]
}

/** Why a record was dropped: its key is not in the ring, or it is not what was written in this place. */
export type DropReason = 'unknown-key' | 'damaged'

/** An open file. All is synchronous: it is used on a thread of its own. */
export interface SqliteFile {
  /** Whether there was no such file. */
  readonly isNew: boolean
  /** Some rows, beginning at `from`. What has expired or cannot be opened is deleted. */
  load(from: number, now: number): LoadedRows
  /** Writes all or none, and returns when they would survive a power cut. */
  write(changes: readonly RowChange[]): void
  close(): void
}

/** "jotg": tells our files from those of other programs. */
const applicationId = 0x6a6f7467
const schemaVersion = 1
const loadedAtOnce = 1000

const schema = `
  CREATE TABLE owner (id TEXT NOT NULL) STRICT;
  CREATE TABLE records (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    expires INTEGER NOT NULL,
    key TEXT NOT NULL,
    sealed BLOB NOT NULL,
    UNIQUE (kind, id)
  ) STRICT;
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${schemaVersion};
`

/**
 * Opens a file and locks it until it is closed or the process has ended, by whatever signal: the lock is the
 * operating system's.
 *
 * @param options.owner who opens it. With `isReopened`, nobody else may have opened it in between
 * @throws ERR_GATEWAY_STORE
 */
export async function openSqliteFile(options: {
  readonly file: string
  readonly sealer: Sealer
  readonly owner: string
  readonly isReopened: boolean
}): Promise<SqliteFile> {
  const { file, sealer } = options
  await makeFolder(dirname(file)).catch((error: unknown) => {
    throw storeError(`cannot make the folder of ${file} (${systemCode(error)})`)
  })
  const isNew = toOwnFile(file)
  const database = inWords(file, () => new DatabaseSync(file))
  try {
    inWords(file, () => prepare(database, options))
  } catch (error) {
    database.close()
    throw error
  }
  const place = inWords(file, () => [file, `${file}-wal`].map((name) => statSync(name)))
  const inTransaction = <Result>(work: () => Result): Result =>
    inWords(file, () => transaction(database, work))
  const insert = database.prepare(
    `INSERT INTO records (kind, id, expires, key, sealed) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (kind, id) DO UPDATE SET
       expires = excluded.expires, key = excluded.key, sealed = excluded.sealed`,
  )
  const remove = database.prepare('DELETE FROM records WHERE kind = ? AND id = ?')
  const select = database.prepare(
    `SELECT rowid AS at, kind, id, expires, key, sealed FROM records
     WHERE rowid >= ? ORDER BY rowid LIMIT ${loadedAtOnce}`,
  )
  const write = ({ kind, id, expiresAt, text }: RowChange) => {
    if (text === undefined) {
      remove.run(kind, id)
      return
    }
    const { key, sealed } = sealer.seal({ kind, id, expiresAt }, text)
    insert.run(kind, id, expiresAt, key, sealed)
  }
  return {
    isNew,
    load: (from, now) =>
      inTransaction(() => {
        const rows: LoadedRow[] = []
        const dropped: { kind: RecordKind; reason: DropReason }[] = []
        const found = select.all(from) as unknown as StoredRow[]
        for (const { kind, id, expires: expiresAt, key, sealed } of found) {
          const { text, problem } = sealer.open({ kind, id, expiresAt }, { key, sealed })
          if (expiresAt <= now) remove.run(kind, id)
          else if (text !== undefined) {
            rows.push({ kind, id, expiresAt, text })
            // So that a key can leave the ring after one start with the next one.
            if (key !== sealer.currentKey) write({ kind, id, expiresAt, text })
          } else {
            dropped.push({ kind, reason: problem })
            // SECURITY: that it was used is all that it says, and stays true without the key.
            if (kind === 'used-token') rows.push({ kind, id, expiresAt, text: '{}' })
            else remove.run(kind, id)
          }
        }
        const last = found.length < loadedAtOnce ? undefined : found.at(-1)
        return { rows, dropped, next: last === undefined ? undefined : last.at + 1 }
      }),
    write(changes) {
      inTransaction(() => {
        for (const change of changes) write(change)
      })
      // Otherwise everything would go into a file that nobody can find any more.
      for (const [at, name] of [file, `${file}-wal`].entries())
        if (!isSame(place[at], statOf(name))) throw storeError(`has lost its file ${name}`)
    },
    close: () => database.close(),
  }
}

interface StoredRow {
  readonly at: number
  readonly kind: RecordKind
  readonly id: string
  readonly expires: number
  readonly key: string
  readonly sealed: Uint8Array
}

/** Makes the file where it is missing, and checks its rights. @returns whether it was missing */
function toOwnFile(file: string): boolean {
  const folder = statOf(dirname(file))
  const isPosix = process.platform !== 'win32'
  if (isPosix && folder !== undefined && (folder.mode & 0o022) !== 0)
    throw storeError(
      `does not use the folder of ${file}: others may write there. Make its mode 0700`,
    )
  const found = statOf(file)
  if (found === undefined) {
    try {
      closeSync(openSync(file, 'wx', 0o600))
    } catch (error) {
      throw storeError(`cannot make ${file} (${systemCode(error)})`)
    }
    return true
  }
  if (!found.isFile()) throw storeError(`does not use ${file}, which is not a regular file`)
  if (isPosix && (found.mode & 0o077) !== 0)
    throw storeError(`does not use ${file}: others may read or write it. Make its mode 0600`)
  try {
    // Not by opening it: closing a file again ends the locks that this process has on it (fcntl).
    accessSync(file, constants.R_OK | constants.W_OK)
  } catch (error) {
    throw storeError(`cannot write ${file} (${systemCode(error)})`)
  }
  return false
}

/** Locks it, looks at what it is before anything is written, and makes it ours. */
function prepare(
  database: DatabaseSync,
  { file, owner, isReopened }: { file: string; owner: string; isReopened: boolean },
): void {
  database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA trusted_schema = OFF')
  const pragma = (text: string) => Object.values(database.prepare(`PRAGMA ${text}`).get() ?? {})[0]
  const version = Number(pragma('user_version'))
  const tables = Number(database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.n)
  if (tables > 0 && pragma('application_id') !== applicationId)
    throw storeError(`does not use ${file}, which another program has made`)
  if (version > schemaVersion)
    throw storeError(
      `cannot read ${file}: a newer version of jotgate has made it (form ${version}; this one reads ${schemaVersion})`,
    )
  if (tables > 0 && database.prepare('PRAGMA quick_check(1)').get()?.quick_check !== 'ok')
    throw damaged(file)
  if (pragma('journal_mode = WAL') !== 'wal')
    throw storeError(`cannot use ${file}: SQLite has no write-ahead log there`)
  database.exec('PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864')
  transaction(database, () => {
    if (tables === 0) database.exec(schema)
    else if (isReopened && database.prepare('SELECT id FROM owner').get()?.id !== owner)
      throw storeError(`was opened by another process while it was away, which has changed ${file}`)
    database.exec('DELETE FROM owner')
    database.prepare('INSERT INTO owner (id) VALUES (?)').run(owner)
  })
}

function transaction<Result>(database: DatabaseSync, work: () => Result): Result {
  database.exec('BEGIN EXCLUSIVE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    try {
      database.exec('ROLLBACK')
    } catch {
      // SQLite has done it already.
    }
    throw error
  }
}

const statOf = (name: string): Stats | undefined => statSync(name, { throwIfNoEntry: false })

const isSame = (one: Stats | undefined, other: Stats | undefined) =>
  one !== undefined && other !== undefined && one.ino === other.ino && one.dev === other.dev

const storeError = (problem: string, cause?: unknown) =>
  gatewayErrors.ERR_GATEWAY_STORE({ problem }, { cause })

const damaged = (file: string) =>
  storeError(`cannot read ${file}, which is damaged. Move it away: everyone signs in again`)

/** What SQLite says (https://www.sqlite.org/rescode.html), in words. */
function inWords<Result>(file: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    const code = sqliteCode(error)
    if (code === undefined) throw error
    if (code === 5 || code === 6)
      throw storeError(`cannot have ${file}, which another process uses: one gateway a file`, error)
    if (code === 11 || code === 26) throw damaged(file)
    const words: Record<number, string> = {
      8: 'it is read-only',
      10: 'the disk gives an error',
      13: 'the disk is full',
      14: 'it cannot be opened',
    }
    throw storeError(`cannot write ${file}: ${words[code] ?? `SQLite says ${code}`}`, error)
  }
}

/** The first byte of what SQLite answered is the kind of error. */
function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined
  return Number(error.errcode) & 0xff
}
