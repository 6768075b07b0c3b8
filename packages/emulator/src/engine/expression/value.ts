import { type FieldValue, numberText, parseNumber } from '../data/field-value.ts'

/** What an expression gives: a number, a text, a field's dual value, or null. */
export type Value = number | string | FieldValue | null

/** The number of a value; NaN where it has none. A text that looks like a number counts as one. */
export function toNumber(value: Value): number {
  if (typeof value === 'number') return value
  if (value === null) return Number.NaN
  if (typeof value === 'string') return parseNumber(value) ?? Number.NaN
  return value.number
}

/** The text of a value; null has none. */
export function toText(value: Value): string | null {
  if (value === null) return null
  if (typeof value === 'number') return numberText(value)
  return typeof value === 'string' ? value : value.text
}

/** A key that is equal for equal values: by number where there is one, else by text. */
export function toKey(value: Value): string | number | null {
  if (typeof value === 'object' && value !== null && !Number.isNaN(value.number)) {
    return value.number
  }
  return typeof value === 'object' && value !== null ? value.text : value
}

/** Qlik's truth: a number other than zero. */
export function isTrue(value: Value): boolean {
  const number = toNumber(value)
  return !Number.isNaN(number) && number !== 0
}

/** A number as a value: what has no result (0/0, 1/0) is null. */
export function finite(number: number): number | null {
  return Number.isFinite(number) ? number : null
}
