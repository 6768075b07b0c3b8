import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRateLimit } from './rate-limit.ts'

describe('a limit of rates', () => {
  it('lets a burst through, then so many a second, each client apart', () => {
    let time = 0
    const limit = createRateLimit({ burst: 3, perSecond: 2 }, { now: () => time })
    expect([1, 2, 3, 4].map(() => limit.take('a'))).toEqual([0, 0, 0, 1])
    expect(limit.take('b')).toBe(0)
    time = 500
    expect([1, 2].map(() => limit.take('a'))).toEqual([0, 1])
    time = 100_000
    expect([1, 2, 3, 4].map(() => limit.take('a'))).toEqual([0, 0, 0, 1])
  })

  it('says how long to wait', () => {
    const limit = createRateLimit({ burst: 1, perSecond: 0.1 }, { now: () => 0 })
    expect(limit.take('a')).toBe(0)
    expect(limit.take('a')).toBe(10)
  })

  it('remembers a bounded number of clients, those that asked last', () => {
    const limit = createRateLimit({ burst: 1, perSecond: 0.001 }, { maxKeys: 10, now: () => 0 })
    for (let i = 0; i < 1_000; i += 1) limit.take(`client ${i}`)
    expect(limit.size).toBeLessThanOrEqual(10)
    expect(limit.take('client 999')).toBeGreaterThan(0)
    expect(limit.take('client 0')).toBe(0)
  })

  it('forgets clients whose bucket is full again', () => {
    let time = 0
    const limit = createRateLimit({ burst: 1, perSecond: 1 }, { now: () => time })
    for (let i = 0; i < 1_000; i += 1) limit.take(`client ${i}`)
    time = 60_000
    for (let i = 0; i < 1_000; i += 1) {
      time += 1_000
      limit.take('other')
    }
    expect(limit.size).toBe(1)
  })

  it('never gives more than the burst and the rate', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 200 }),
        (burst, perSecond, pauses) => {
          let time = 0
          let taken = 0
          const limit = createRateLimit({ burst, perSecond }, { now: () => time })
          for (const pause of pauses) {
            time += pause
            if (limit.take('a') === 0) taken += 1
          }
          expect(taken).toBeLessThanOrEqual(burst + (time / 1000) * perSecond + 1e-6)
        },
      ),
    )
  })
})
