/** Whether one more is allowed now, and if not, when to ask again. */
export type RateVerdict = { allowed: true } | { allowed: false; retryAfterSeconds: number }

/**
 * Counts what each key did lately: at most `limit` in any `windowSeconds`.
 *
 * A key that did nothing for a whole window is forgotten, so the memory is that of the keys in use.
 */
export function createRateLimit(options: {
  limit: number
  windowSeconds: number
  /** Milliseconds since 1970. */
  clock: () => number
}): (key: string) => RateVerdict {
  const { limit, windowSeconds, clock } = options
  const windowMs = windowSeconds * 1000
  /** The key that was allowed something last stands last. */
  const timesOfKey = new Map<string, number[]>()

  function forgetIdleKeys(now: number): void {
    for (const [key, times] of timesOfKey) {
      if (now - (times.at(-1) ?? 0) < windowMs) return
      timesOfKey.delete(key)
    }
  }

  return (key) => {
    const now = clock()
    forgetIdleKeys(now)
    const times = (timesOfKey.get(key) ?? []).filter((time) => now - time < windowMs)
    const [oldest] = times
    if (oldest !== undefined && times.length >= limit)
      return { allowed: false, retryAfterSeconds: Math.ceil((oldest + windowMs - now) / 1000) }
    timesOfKey.delete(key)
    timesOfKey.set(key, [...times, now])
    return { allowed: true }
  }
}
