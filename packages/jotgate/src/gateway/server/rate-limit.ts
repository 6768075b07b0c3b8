/** Counts what each client asks, and says when one must wait. */
export interface RateLimit {
  /** Takes one; returns 0, or after how many seconds one is free again. */
  take(key: string): number
  /** How many clients are remembered. */
  readonly size: number
}

/** How much one client may ask. */
export interface Rate {
  /** How many at once. */
  readonly burst: number
  /** How many a second in the long run. */
  readonly perSecond: number
}

/**
 * Makes a token bucket for each client, in bounded memory: one number and a key each.
 *
 * @param rate how much one client may ask
 * @param options `maxKeys` clients are remembered (default 100,000), of more the one that asked the longest ago is
 * forgotten; `now` is a clock in milliseconds that nobody can set (default `performance.now`)
 */
export function createRateLimit(
  { burst, perSecond }: Rate,
  {
    maxKeys = 100_000,
    now = () => performance.now(),
  }: { maxKeys?: number; now?: () => number } = {},
): RateLimit {
  // The generic cell rate algorithm: of each bucket the time at which it is full again.
  const fullAt = new Map<string, number>()
  const intervalMs = 1000 / perSecond
  const toleranceMs = (burst - 1) * intervalMs

  /** A full bucket is what everybody begins with. Two for each that comes keeps the map small. */
  function forgetOldest(time: number): void {
    let count = 0
    for (const [key, at] of fullAt) {
      if (count === 2 || (at > time && fullAt.size < maxKeys)) return
      fullAt.delete(key)
      count += 1
    }
  }

  return {
    take(key) {
      const time = now()
      const at = Math.max(time, fullAt.get(key) ?? time)
      const waitMs = at - toleranceMs - time
      if (waitMs > 0) return Math.ceil(waitMs / 1000)
      // Deleted first, so that the map is in the order of last use.
      fullAt.delete(key)
      forgetOldest(time)
      fullAt.set(key, at + intervalMs)
      return 0
    },
    get size() {
      return fullAt.size
    },
  }
}
