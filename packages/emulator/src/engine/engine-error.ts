/** What a request is refused with: the error of a JSON-RPC answer. */
export interface EngineError extends Error {
  readonly engineCode: number
  readonly parameter: string
}

/** The codes that are answered, from the schema's LocalizedErrorCode and from JSON-RPC. */
export const errorCodes = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  notFound: 2,
  alreadyExists: 3,
  invalidPath: 4,
  accessDenied: 5,
  invalidParameters: 8,
  internal: 10,
  notImplemented: 20,
  appAlreadyOpen: 1002,
  appNotFound: 1003,
  appNotOpen: 1017,
  invalidObjectState: 6002,
  modalObject: 6003,
  pagesTooLarge: 7009,
} as const

/** Makes the error that a method throws to refuse its request. */
export function engineError(engineCode: number, message: string, parameter = ''): EngineError {
  return Object.assign(new Error(message), { engineCode, parameter })
}

/** Tells whether a caught value is one. */
export function isEngineError(value: unknown): value is EngineError {
  return value instanceof Error && 'engineCode' in value
}
