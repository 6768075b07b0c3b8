import { gatewayErrors } from '../../errors.ts'

/**
 * The error of every token that is not accepted. A client sees the same answer for each cause (T-J24); the reason
 * is for the log, one of few, and repeats nothing of the token.
 */
export function notIdentified(reason: string, cause?: unknown) {
  return gatewayErrors.ERR_GATEWAY_NOT_IDENTIFIED({ reason }, { cause })
}
