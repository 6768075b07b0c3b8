import { expect, it } from 'vitest'
import { createDeadlines } from './deadlines.ts'

it('gives each entry once, within a second of its deadline and never before', () => {
  const entries = [0, 1, 999, 1000, 1001, 1500, 90_000].map((at) => ({ at }))
  const deadlines = createDeadlines<{ at: number }>(({ at }) => at)
  for (const entry of entries) deadlines.add(entry)
  const cameAt = new Map<number, number>()
  for (let now = 0; now <= 100_000; now += 250)
    for (const { at } of deadlines.due(now)) {
      expect(cameAt.has(at)).toBe(false)
      cameAt.set(at, now)
    }
  expect(cameAt.size).toBe(entries.length)
  for (const [at, came] of cameAt) {
    expect(came).toBeGreaterThanOrEqual(at)
    expect(came - at).toBeLessThanOrEqual(1000)
  }
})

it('follows a deadline that has moved', () => {
  const entry = { at: 1000 }
  const deadlines = createDeadlines<{ at: number }>(({ at }) => at)
  deadlines.add(entry)
  entry.at = 5500
  expect(deadlines.due(1000)).toEqual([])
  expect(deadlines.due(5999)).toEqual([])
  expect(deadlines.due(6000)).toEqual([entry])
  expect(deadlines.due(10_000)).toEqual([])
})

it('forgets what was deleted, and survives a clock that jumps', () => {
  const [kept, deleted] = [{ at: 1000 }, { at: 1000 }]
  const deadlines = createDeadlines<{ at: number }>(({ at }) => at)
  deadlines.add(kept)
  deadlines.add(deleted)
  deadlines.delete(deleted)
  deadlines.delete(deleted)
  expect(deadlines.due(-5)).toEqual([])
  expect(deadlines.due(Number.MAX_SAFE_INTEGER)).toEqual([kept])
})
