import { isJotgateError, type JotgateError } from '../errors/index.ts'

/**
 * Tries each reading and gives what they threw: for whoever tells every problem at once, where the
 * functions that make something stop at the first.
 */
export function refusalsOf(readings: readonly (() => unknown)[]): JotgateError[] {
  return readings.flatMap((read) => {
    try {
      read()
      return []
    } catch (error) {
      if (isJotgateError(error)) return [error]
      throw error
    }
  })
}
