/** What to do where the clock is right and the time zone is not. */
export const useUtc =
  'If the token is fresh, its timestamps are written as local time: use UTC. Seconds since 1970 are the same everywhere: `Math.floor(Date.now() / 1000)`, in Python `int(time.time())`, in C# `DateTimeOffset.UtcNow.ToUnixTimeSeconds()`.'

const halfHour = 1800
const furthest = 14 * 3600

/** How long after it was made a token is checked, and how far two clocks differ. */
const delaySeconds = 90

/**
 * Whether a timestamp that should be about now is off by the difference of a time zone from UTC: whole or
 * half hours, up to 14. One old token in ten looks so by chance.
 */
export function isTimeZoneOff(timestamp: number | undefined, now: number): boolean {
  if (timestamp === undefined) return false
  const difference = timestamp - now
  const offset = Math.round(difference / halfHour) * halfHour
  return (
    offset !== 0 && Math.abs(offset) <= furthest && Math.abs(difference - offset) <= delaySeconds
  )
}
