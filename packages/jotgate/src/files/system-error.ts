/** An error of the operating system, as Node reports it. */
export interface SystemError extends Error {
  readonly code: string
  readonly syscall: string
  readonly path?: string
}

/** Tells an error of the operating system, such as a missing file, from every other. */
export function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'syscall' in error && 'code' in error
}

/** The code of a system error, such as `ENOSPC`, for a message; `unknown` when it has none. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}
