import { constants } from 'node:fs'
import { copyFile, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemCode } from '../../files/index.ts'
import { gatewayErrors } from '../errors.ts'
import type { KeyRing } from '../store/key-ring.ts'
import { sqliteStore } from '../store/sqlite-store.ts'
import type { Place } from './chain.ts'
import { readAnchors } from './earlier-boots.ts'

/**
 * Reads the anchors of an SQLite store, which may be in use: a running gateway holds its lock, so a copy of the
 * sealed file is opened, and removed.
 *
 * @throws ERR_GATEWAY_AUDIT_UNREADABLE, ERR_GATEWAY_STORE
 */
export async function readStoreAnchors(options: {
  readonly file: string
  readonly keys: KeyRing
}): Promise<readonly Place[]> {
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-anchors-'))
  try {
    const copy = join(folder, 'store.db')
    await copyStore(options.file, copy)
    const store = await sqliteStore({ file: copy, keys: options.keys })
    try {
      return (await readAnchors(store)).map(({ place }) => place)
    } finally {
      await store.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * As long as the write-ahead log was not begun again, it holds every page that a checkpoint may have written into
 * the file meanwhile, so both copies together are one state: https://www.sqlite.org/fileformat2.html#the_write_ahead_log
 */
async function copyStore(file: string, copy: string): Promise<void> {
  const unreadable = (problem: string, cause?: unknown) =>
    gatewayErrors.ERR_GATEWAY_AUDIT_UNREADABLE({ source: file, problem }, { cause })
  try {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const before = await readSalts(`${file}-wal`)
      await copyFile(file, copy, constants.COPYFILE_FICLONE)
      if (before !== '') await copyFile(`${file}-wal`, `${copy}-wal`, constants.COPYFILE_FICLONE)
      if ((await readSalts(`${file}-wal`)) === before) return
      await rm(`${copy}-wal`, { force: true })
    }
  } catch (error) {
    const code = systemCode(error)
    throw unreadable(code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`, error)
  }
  throw unreadable('is written too fast to be read meanwhile: try again')
}

const attempts = 10

/** What changes when a write-ahead log is begun again; empty when there is none. */
async function readSalts(wal: string): Promise<string> {
  const handle = await open(wal, 'r').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  })
  if (handle === undefined) return ''
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(8), 0, 8, 16)
    return buffer.toString('hex', 0, bytesRead)
  } finally {
    await handle.close()
  }
}
