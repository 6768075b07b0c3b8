import type { Explanation } from './rule.ts'
import { durationInWords } from './time-words.ts'

const halfHour = 1800
const furthest = 14 * 3600

/** How long after it was made a token is checked, and how far two clocks differ. */
const delaySeconds = 90

/**
 * The difference of a time zone from UTC by which a timestamp that should be about now is off: whole or half
 * hours, up to 14; 0 when it is off by something else. One old token in ten looks so by chance.
 */
export function timeZoneOffset(timestamp: number | undefined, now: number): number {
  const difference = (timestamp ?? now) - now
  const offset = Math.round(difference / halfHour) * halfHour
  const fits = Math.abs(offset) <= furthest && Math.abs(difference - offset) <= delaySeconds
  return fits ? offset : 0
}

/** The hint to set a clock would mislead where timestamps are off by the difference of a time zone. */
export function withTimeZone(detail: string, offset: number): string | Explanation {
  if (offset === 0) return detail
  const direction = offset > 0 ? 'ahead of' : 'behind'
  return {
    detail: `${detail} That is ${durationInWords(offset)} ${direction} UTC, the difference of a time zone.`,
    hint: 'If the token is fresh, its timestamps are written as local time: use UTC. Seconds since 1970 are the same everywhere: `Math.floor(Date.now() / 1000)`, in Python `int(time.time())`, in C# `DateTimeOffset.UtcNow.ToUnixTimeSeconds()`.',
  }
}
