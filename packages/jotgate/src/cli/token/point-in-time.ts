/** How a point in time is written in the command. */
export const pointInTimeForm =
  'an ISO 8601 date with a time zone, such as 2026-01-31T09:30:00Z or 2026-01-31T10:30:00+01:00, or seconds since 1970'

const iso =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?)?(?:Z|[+-]\d\d:?\d\d)$/

/**
 * Reads a point in time. A date without a time zone is refused: it would mean something else on the next
 * machine. A date alone with `Z` is its first second.
 *
 * @returns undefined when the text is of another form, or a time that no calendar has
 */
export function parsePointInTime(text: string): Date | undefined {
  const value = text.trim()
  if (/^\d{1,10}$/.test(value)) return new Date(Number(value) * 1000)
  const match = iso.exec(value)
  if (match === null) return undefined
  const [, year, month, day] = match.map(Number)
  // Date.parse takes the 30th of February for a day in March.
  const inMonth = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
  if (day === undefined || day < 1 || day > inMonth) return undefined
  const zoned = /[T ]/.test(value)
    ? value.replace(' ', 'T')
    : value.replace(/(?=Z|[+-]\d\d:?\d\d$)/, 'T00:00')
  const date = new Date(zoned)
  return date.getTime() >= 0 ? date : undefined
}
