const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const

/** A length of time in words, in its two largest units: "2 hours and 5 minutes". */
export function durationInWords(seconds: number): string {
  let rest = Math.abs(Math.round(seconds))
  const words: string[] = []
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) words.push(`${count.toLocaleString('en')} ${unit}${count === 1 ? '' : 's'}`)
  }
  return words.slice(0, 2).join(' and ') || '0 seconds'
}

/** Where a time lies, seen from another: "in 55 seconds", "5 seconds ago", "now". */
export function distanceInWords(seconds: number): string {
  if (Math.round(seconds) === 0) return 'now'
  const words = durationInWords(seconds)
  return seconds > 0 ? `in ${words}` : `${words} ago`
}

/** A time in words: "2026-01-01 00:00:55 UTC, in 55 seconds". */
export function timeInWords(time: number, now: number): string {
  const date = new Date(time * 1000)
  if (Number.isNaN(date.getTime())) return 'beyond every calendar'
  const day = date
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC')
  return `${day}, ${distanceInWords(time - now)}`
}
