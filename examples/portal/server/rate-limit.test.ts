import { describe, expect, it } from 'vitest'
import { createRateLimit } from './rate-limit.ts'

describe('a rate limit', () => {
  it('allows so many in any window, and says when the next one is free', () => {
    let now = 0
    const take = createRateLimit({ limit: 2, windowSeconds: 60, clock: () => now })
    const key = 'ada'
    expect(take(key)).toEqual({ allowed: true })
    now = 30_000
    expect(take(key)).toEqual({ allowed: true })
    now = 59_999
    expect(take(key)).toEqual({ allowed: false, retryAfterSeconds: 1 })
    now = 60_000
    expect(take(key)).toEqual({ allowed: true })
    expect(take(key)).toEqual({ allowed: false, retryAfterSeconds: 30 })
  })

  it('does not count what it refused', () => {
    let now = 0
    const take = createRateLimit({ limit: 1, windowSeconds: 10, clock: () => now })
    const key = 'ada'
    take(key)
    for (now = 1000; now < 10_000; now += 1000) expect(take(key).allowed).toBe(false)
    expect(take(key).allowed).toBe(true)
  })

  it('counts each key for itself', () => {
    const take = createRateLimit({ limit: 1, windowSeconds: 60, clock: () => 0 })
    expect(take('ada').allowed).toBe(true)
    expect(take('bjorn').allowed).toBe(true)
  })
})
