import { isJotgateError } from '../../errors/index.ts'
import { connectionFailure } from '../../qlik/index.ts'
import { gatewayErrors } from '../errors.ts'

/** How long Qlik may be silent. */
export interface ForwardTimeouts {
  /** Until there is a connection, TLS included. Default 10000 ms. */
  readonly connectMs: number
  /** Until an answer begins. Default 180000 ms. Another value than the next one's costs undici a timer more a request. */
  readonly headersMs: number
  /** Between two pieces of a body, on either side. Default 180000 ms. */
  readonly idleMs: number
}

/** The gateway's error for what the upstream client reports. */
export function upstreamFailure(error: unknown, timeouts: ForwardTimeouts): Error {
  if (isJotgateError(error)) return error
  const code = codeOf(error)
  const because = { cause: error }
  if (code === 'UND_ERR_CONNECT_TIMEOUT')
    return gatewayErrors.ERR_GATEWAY_QLIK_TIMEOUT(
      { missing: 'connection', timeoutMs: timeouts.connectMs },
      because,
    )
  if (code === 'UND_ERR_HEADERS_TIMEOUT')
    return gatewayErrors.ERR_GATEWAY_QLIK_TIMEOUT(
      { missing: 'answer', timeoutMs: timeouts.headersMs },
      because,
    )
  if (isInvalidAnswer.test(code))
    return gatewayErrors.ERR_GATEWAY_QLIK_ANSWER({ problem: 'is not valid HTTP' }, because)
  // What is wrong with a request that was checked before is a fault of the gateway's.
  if (/^UND_ERR_(?:INVALID_ARG|NOT_SUPPORTED|REQ_)/.test(code) && error instanceof Error)
    return error
  return gatewayErrors.ERR_GATEWAY_QLIK_UNREACHABLE({ reason: connectionFailure(error) }, because)
}

const isInvalidAnswer =
  /^(?:HTTPParserError|UND_ERR_(?:RES_\w+|HEADERS_OVERFLOW)|ERR_INVALID_CHAR|ERR_HTTP_INVALID_\w+)$/

/** Whether the connection was closed before it could be used: nobody has read the request then. */
export const isClosedConnection = (error: unknown): boolean =>
  /^(?:UND_ERR_SOCKET|ECONNRESET|EPIPE)$/.test(codeOf(error))

/** Of an error of undici's parser the name, since not each has a code. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if (error.name === 'HTTPParserError') return error.name
  return 'code' in error ? String(error.code) : ''
}
