/**
 * A value of a field. Qlik's values are dual: a text to show and, perhaps, a number to count with.
 * Null is never one of these values.
 */
export interface FieldValue {
  readonly text: string
  /** NaN where the value is text alone. */
  readonly number: number
}

const numberPattern = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/

/** Reads a text as a number the way a script load interprets it; undefined when it is not a number. */
export function parseNumber(text: string): number | undefined {
  const trimmed = text.trim()
  if (!numberPattern.test(trimmed)) return undefined
  const number = Number(trimmed)
  return Number.isFinite(number) ? number : undefined
}

/** The text of a number that has no format: 14 significant digits, so that 0.1 + 0.2 shows as 0.3. */
export function numberText(number: number): string {
  if (Number.isInteger(number) && Math.abs(number) < 1e15) return String(number)
  return String(Number(number.toPrecision(14)))
}
