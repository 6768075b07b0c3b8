import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { KeyRing } from './key-ring.ts'
import { sqliteStore } from './sqlite-store.ts'
import { describeStore } from './store-suite.fixture.ts'

async function ownFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-store-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}
const keys: KeyRing = { current: { id: 'one', key: new Uint8Array(randomBytes(32)) } }

describeStore('a store in a SQLite file', async (options) =>
  sqliteStore({ file: join(await ownFolder(), 'data', 'sessions.db'), keys, ...options }),
)
