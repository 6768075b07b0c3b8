import { found, type Reading, refused } from './reading.ts'

/** What a whole number may be. */
export interface WholeNumberBounds {
  readonly min: number
  readonly max: number
  /** What it counts, for the message: `seconds`. */
  readonly unit?: string
}

/** Whether a value is a whole number within bounds, both included. */
export function isWholeNumber(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && Number(value) >= min && Number(value) <= max
}

/**
 * Reads a whole number.
 *
 * @param option how a problem calls it
 * @param bounds `min` and `max`, both included; `fallback` stands for an omitted value
 */
export function readWholeNumber(
  option: string,
  value: unknown,
  bounds: WholeNumberBounds & { readonly fallback?: number },
): Reading<number> {
  const { min, max, unit, fallback } = bounds
  const number = value === undefined ? fallback : value
  if (isWholeNumber(number, min, max)) return found(number)
  const of = unit === undefined ? '' : ` of ${unit}`
  return refused(option, `must be a whole number${of} from ${min} to ${max}`)
}
