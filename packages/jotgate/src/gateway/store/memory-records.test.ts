import { expect, it } from 'vitest'
import { createMemoryRecords } from './memory-records.ts'
import { createTestClock } from './store-suite.fixture.ts'

function createStage(options: { long: number; short: number }) {
  const time = createTestClock()
  const expired: string[] = []
  const { long, short } = options
  const records = createMemoryRecords({
    clock: time.clock,
    maxRecords: long + short,
    onExpired: ({ id }) => expired.push(id),
  })
  const set = (id: string, seconds: number) =>
    records.set({ kind: 'session', id, record: {}, expiresAt: time.now + seconds * 1000 })
  for (let n = 0; n < long; n += 1) set(`long-${n}`, 60)
  for (let n = 0; n < short; n += 1) set(`short-${n}`, 10)
  time.now += 10_000
  return { records, expired, set }
}

it('tells of each record that is removed to make space', () => {
  const { records, expired, set } = createStage({ long: 80, short: 20 })
  set('another', 60)
  expect(expired).toHaveLength(20)
  expect([...records.list()]).toHaveLength(81)
})

it('looks at a few records at a time, and in turn at all', () => {
  const { records, expired } = createStage({ long: 32, short: 20 })
  const counts = Array.from({ length: 4 }, () => {
    records.sweep()
    return expired.length
  })
  expect(counts).toEqual([0, 0, 16, 20])
  records.delete('session', 'long-0')
  for (let n = 0; n < 10; n += 1) records.sweep()
  expect(expired).toHaveLength(20)
  expect([...records.list()]).toHaveLength(31)
})

it('is full when nothing has expired', () => {
  const { set } = createStage({ long: 100, short: 0 })
  expect(() => set('another', 60)).toThrow(expect.objectContaining({ code: 'ERR_GATEWAY_STORE' }))
  set('long-7', 60)
})
