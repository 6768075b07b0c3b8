import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createKeyRing } from './key-ring.ts'
import { sqliteStore } from './sqlite-store.ts'
import { childIds, stateAfter } from './store-child.fixture.ts'
import { createStoreFolder } from './store-folder.fixture.ts'
import { runStoreProcess } from './store-process.fixture.ts'
import { listAll } from './store-suite.fixture.ts'

const rounds = Math.ceil(5 * Number(process.env.JOTGATE_TEST_SCALE ?? 1))

it(`T-F1 G-S5 has each write whose promise had resolved, and no half one, after ${rounds} kills`, async () => {
  const folder = await createStoreFolder()
  const file = join(folder, 'data', 'sessions.db')
  const ring = join(folder, 'keys.json')
  const keys = await createKeyRing({ file: ring })
  let begin = 1
  let changes = 0
  for (let round = 0; round < rounds; round += 1) {
    const killAfter = 1 + Math.floor(Math.random() * 1500)
    const lines = await runStoreProcess({ file, ring, begin, killAfter })
    const store = await sqliteStore({ file, keys, onEvent: (event) => expect(event).toBe('none') })
    const kept = await listAll(store, 'session')
    let last = begin
    for (const id of childIds) {
      const numbersOf = (word: string) =>
        lines
          .filter((line) => line.startsWith(`${word} ${id} `))
          .map((line) => Number(line.split(' ')[2]))
      const [sent, done] = [numbersOf('sent').at(-1), numbersOf('done').at(-1)]
      changes += done === undefined ? 0 : done - begin + 1
      last = Math.max(last, sent ?? 0)
      // Before its first change of this round, an ID has what the test has left: nothing.
      const states = [done, sent].map((n) => (n === undefined ? undefined : stateAfter(id, n)))
      expect(states).toContainEqual(kept.get(id))
      kept.delete(id)
    }
    expect([...kept.keys()]).toEqual([])
    await store.delete('session', childIds)
    await store.close()
    begin = last + 1
  }
  expect(changes).toBeGreaterThan(rounds)
})
