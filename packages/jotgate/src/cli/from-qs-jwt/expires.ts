const units: readonly (readonly [RegExp, number])[] = [
  [/^(ms|msecs?|milliseconds?)$/i, 0.001],
  [/^(s|secs?|seconds?)?$/i, 1],
  [/^(m|mins?|minutes?)$/i, 60],
  [/^(h|hrs?|hours?)$/i, 3600],
  [/^(d|days?)$/i, 86_400],
  [/^(w|weeks?)$/i, 604_800],
  [/^(y|yrs?|years?)$/i, 31_557_600],
]

/**
 * Reads qs-jwt's --expires: `60m`, `48h`, `365d`, `2 days`. A bare number is seconds here; qs-jwt takes
 * it for milliseconds.
 *
 * @returns seconds, not rounded; undefined when the text is of another form
 */
export function parseExpires(text: string): number | undefined {
  const [, digits = '', unit = ''] = /^(-?\d{0,15}\.?\d{1,9}) *([a-z]*)$/i.exec(text.trim()) ?? []
  const factor = units.find(([pattern]) => pattern.test(unit))?.[1]
  return digits === '' || factor === undefined ? undefined : Number(digits) * factor
}
