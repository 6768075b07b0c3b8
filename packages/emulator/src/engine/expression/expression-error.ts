/** An expression that cannot be read, or asks for what the emulator has not; never a guessed number. */
export interface ExpressionError extends Error {
  readonly code: 'ERR_EMULATOR_EXPRESSION'
}

/** Makes the error; the text says what was found and where. */
export function expressionError(message: string): ExpressionError {
  return Object.assign(new Error(message), { code: 'ERR_EMULATOR_EXPRESSION' as const })
}

/** Tells whether a caught value is such an error. */
export function isExpressionError(value: unknown): value is ExpressionError {
  return value instanceof Error && 'code' in value && value.code === 'ERR_EMULATOR_EXPRESSION'
}
