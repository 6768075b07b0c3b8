/** Whether one more is allowed now, and if not, when to ask again. */
export type RateVerdict = { allowed: true } | { allowed: false; retryAfterSeconds: number }

/**
 * Counts what each key did lately: at most `limit` in any `windowSeconds`.
 *
 * Keys are objects and held weakly, so the count of a session goes when the session goes.
 */
export function createRateLimit<Key extends WeakKey>(options: {
  limit: number
  windowSeconds: number
  /** Milliseconds since 1970. */
  clock: () => number
}): (key: Key) => RateVerdict {
  const { limit, windowSeconds, clock } = options
  const windowMs = windowSeconds * 1000
  const timesOfKey = new WeakMap<Key, number[]>()
  return (key) => {
    const now = clock()
    const times = (timesOfKey.get(key) ?? []).filter((time) => now - time < windowMs)
    timesOfKey.set(key, times)
    const [oldest] = times
    if (oldest !== undefined && times.length >= limit)
      return { allowed: false, retryAfterSeconds: Math.ceil((oldest + windowMs - now) / 1000) }
    times.push(now)
    return { allowed: true }
  }
}
