import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { ownFolder } from '../../files/folder.fixture.ts'
import { memoryStore } from '../store/memory-store.ts'
import type { AuditLog } from './audit-log.ts'
import { type AuditLogOptions, createAuditLog } from './create-audit-log.ts'

/** A slow disk of a busy machine is not what most tests are about. */
export const patient = { timeoutMs: 60_000 }

/** A folder for a log, its key, and the store that keeps its anchors. */
export async function auditFolder() {
  const folder = join(await ownFolder(), 'audit')
  const key = randomBytes(32)
  const store = memoryStore()
  return {
    folder,
    key,
    store,
    /** Opens a log there, which is closed when the test has finished. */
    async open(options: Partial<AuditLogOptions> = {}): Promise<AuditLog> {
      const log = await createAuditLog({
        ...{ folder, key, store, node: 'qlik-1', writeHead: () => undefined },
        ...options,
        limits: { ...patient, ...options.limits },
      })
      onTestFinished(() => log.close())
      return log
    },
  }
}

/** The lines of a file. */
export async function linesOf(folder: string, name: string): Promise<string[]> {
  return (await readFile(join(folder, name), 'utf8')).split('\n').slice(0, -1)
}

/** The lines of a file as objects. */
export async function eventsOf(folder: string, name: string) {
  return (await linesOf(folder, name)).map((line) => JSON.parse(line) as Record<string, unknown>)
}
