import type { ServerResponse } from 'node:http'
import { gatewayErrors } from '../errors.ts'
import type { GatewayRequest } from '../request.ts'

/**
 * Asks for the body of a request, once it is decided that it is wanted: a client that sent `Expect: 100-continue`
 * waits for that (RFC 9110 section 10.1.1).
 *
 * @throws ERR_GATEWAY_BODY_READ when something in front of a mounted gateway has taken the body
 */
export function askForBody(request: GatewayRequest, response: ServerResponse): void {
  const hasBody =
    request.field('transfer-encoding') !== undefined ||
    (request.field('content-length') ?? '0') !== '0'
  if (!hasBody) return
  const { incoming } = request
  if (incoming.readableDidRead) throw gatewayErrors.ERR_GATEWAY_BODY_READ({})
  const mayContinue = incoming.httpVersion === '1.1' && !response.headersSent
  if (mayContinue && request.field('expect') !== undefined) response.writeContinue()
}
