const form = /^P(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?$/

/** Seconds of an ISO 8601 duration in days, hours, minutes and seconds, as API keys take it. */
export function parseDuration(value: unknown): number | undefined {
  const [whole, days, hours, minutes, seconds] = form.exec(String(value)) ?? []
  const isEmpty = [days, hours, minutes, seconds].every((part) => part === undefined)
  if (typeof value !== 'string' || whole === undefined || isEmpty || whole.endsWith('T'))
    return undefined
  return (
    Number(days ?? 0) * 86_400 +
    Number(hours ?? 0) * 3600 +
    Number(minutes ?? 0) * 60 +
    Number(seconds ?? 0)
  )
}
