/** What is wrong with a data file, and where. */
export interface DataProblem {
  readonly file: string
  /** Counted from 1, where the format has lines. */
  readonly line?: number
  /** What is wrong, as a sentence without its full stop. */
  readonly problem: string
  /** What to do next. */
  readonly hint: string
}

/** The error that a data file is answered with: its message says file, line, problem and remedy. */
export interface DataError extends Error {
  readonly code: 'ERR_EMULATOR_DATA'
  readonly details: DataProblem
}

/** Makes the error for a problem in a data file. */
export function dataError(details: DataProblem, options?: { cause?: unknown }): DataError {
  const place = details.line === undefined ? details.file : `${details.file}:${details.line}`
  const error = new Error(`${place}: ${details.problem}. ${details.hint}`, options)
  return Object.assign(error, { code: 'ERR_EMULATOR_DATA' as const, details })
}

/** Tells whether a caught value is such an error. */
export function isDataError(value: unknown): value is DataError {
  return value instanceof Error && 'code' in value && value.code === 'ERR_EMULATOR_DATA'
}
