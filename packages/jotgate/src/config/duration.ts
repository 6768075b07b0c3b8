const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** How a length of time is written in the command and the file. */
export const durationForm =
  'a whole number with s, m, h or d, such as 60s, 5m or 1h; without a unit it is seconds'

/**
 * Reads a length of time: `60s`, `5m`, `1h`, `2d`; a bare number is seconds.
 *
 * @returns seconds, or undefined if the text has another form
 */
export function parseDuration(text: string): number | undefined {
  const [, digits = '', unit = 's'] = /^(\d{1,9})([smhd])?$/.exec(text.trim()) ?? []
  return digits === '' ? undefined : Number(digits) * (unitSeconds[unit] ?? 1)
}
