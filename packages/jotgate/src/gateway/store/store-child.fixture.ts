// A process of its own with a store, for tests that kill it: FILE KEY-RING LOG [first number].
// Its log has of each change, before it and after its promise has resolved: `sent ID N`, `done ID N`.
// It says a dot for each.
import { openSync, writeSync } from 'node:fs'
import { argv } from 'node:process'
import { pathToFileURL } from 'node:url'
import { isJotgateError } from '../../errors/index.ts'
import { readKeyRing } from './key-ring.ts'
import { sqliteStore } from './sqlite-store.ts'
import type { Store } from './store.ts'

/** IDs that the process writes, each in a row of its own, all at once. */
export const childIds: readonly string[] = Array.from({ length: 20 }, (_, n) => `id-${n}`)

/** What an ID has after its nth change: a record that shows when a part of it is missing, or nothing. */
export function stateAfter(
  id: string,
  n: number,
): { of: string; n: number; text: string } | undefined {
  return n % 5 === 0 ? undefined : { of: id, n, text: `${n},`.repeat((n * 37) % 500) }
}

type Say = (line: string) => void

async function change(store: Store, id: string, begin: number, say: Say): Promise<never> {
  for (let n = begin; ; n += 1) {
    const record = stateAfter(id, n)
    say(`sent ${id} ${n}`)
    if (record === undefined) await store.delete('session', [id])
    else await store.put('session', { id, record, expiresAt: Date.now() + 3_600_000 })
    say(`done ${id} ${n}`)
    process.stdout.write('.')
  }
}

async function main([file = '', ring = '', log = '', begin = '1']: readonly string[]) {
  const descriptor = openSync(log, 'a')
  const say: Say = (line) => {
    writeSync(descriptor, `${line}\n`)
  }
  try {
    const store = await sqliteStore({ file, keys: await readKeyRing({ file: ring }) })
    await Promise.all(childIds.map((id) => change(store, id, Number(begin), say)))
  } catch (error) {
    say(isJotgateError(error) ? `${error.code} ${error.message}` : String(error))
  }
}

if (import.meta.url === pathToFileURL(argv[1] ?? '').href) await main(argv.slice(2))
