import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createSqliteCalls } from './sqlite-calls.ts'
import { createStoreFolder, createTestKeys } from './store-folder.fixture.ts'

const row = (id: string) => ({ kind: 'session' as const, id, expiresAt: 2, text: `{"of":"${id}"}` })

it('a thread that has ended is started again by the next call, with what was written', async () => {
  const file = join(await createStoreFolder(), 'data', 'sessions.db')
  const calls = createSqliteCalls({ file, keys: createTestKeys('one'), owner: randomUUID() })
  onTestFinished(() => calls.end())
  await calls.call({ write: [row('a')] })
  const lost = calls.call({ write: Array.from({ length: 20_000 }, (_, n) => row(`b-${n}`)) })
  const outcome = Promise.allSettled([lost])
  await calls.end()
  const [result] = await outcome
  expect(result).toMatchObject({
    reason: {
      code: 'ERR_GATEWAY_STORE',
      details: { problem: expect.stringMatching(/^has lost the thread/) },
    },
  })
  const written = await calls.call({ write: [row('c')] })
  expect(written.isNewFile).toBe(false)
  const { loaded } = await calls.call({ load: 0, now: 1 })
  expect(loaded?.rows).toEqual([row('a'), row('c')])
})

it('calls go one after another, also after one that has failed', async () => {
  const file = join(await createStoreFolder(), 'data', 'sessions.db')
  const calls = createSqliteCalls({ file, keys: createTestKeys('one'), owner: randomUUID() })
  onTestFinished(() => calls.end())
  const broken = { ...row('b'), id: undefined as unknown as string }
  const [first, second, third] = await Promise.allSettled([
    calls.call({ write: [row('a')] }),
    calls.call({ write: [row('b'), broken] }),
    calls.call({ load: 0, now: 1 }),
  ])
  expect(first.status).toBe('fulfilled')
  expect(second.status).toBe('rejected')
  expect(third).toMatchObject({ value: { loaded: { rows: [row('a')] } } })
})
