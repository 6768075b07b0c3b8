import { expect, it } from 'vitest'
import { memoryStore } from './memory-store.ts'
import { createTestClock, describeStore } from './store-suite.fixture.ts'

describeStore('a store in memory', async (options) => memoryStore(options))

it.each([0, 10_000_001, 1.5])('refuses a limit of %s records', (maxRecords) => {
  expect(() => memoryStore({ maxRecords })).toThrow(
    expect.objectContaining({ code: 'ERR_GATEWAY_OPTION' }),
  )
})

it('removes expired records while others are used', async () => {
  const time = createTestClock()
  const store = memoryStore({ clock: time.clock, maxRecords: 1000 })
  const put = (id: string) => store.put('session', { id, record: {}, expiresAt: time.now + 1000 })
  for (let n = 0; n < 1000; n += 1) await put(`first-${n}`)
  time.now += 1000
  for (let n = 0; n < 1000; n += 1) await put(`second-${n}`)
  let count = 0
  for await (const _ of store.list('session')) count += 1
  expect(count).toBe(1000)
})
