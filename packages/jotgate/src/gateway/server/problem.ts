import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { isJotgateError, type JotgateError } from '../../errors/index.ts'
import { isObject } from '../../values/index.ts'
import { gatewayErrors } from '../errors.ts'

/** Further members of a problem, such as `reason`. */
export type ProblemMembers = Readonly<Record<string, string | number>>

/**
 * Answers with an error as problem+json (RFC 9457). From status 500 up a client learns only the code and the
 * request's ID; the rest is for the log. Fields that were set before, such as those of CORS, are sent too.
 *
 * Where the answer has begun already, its connection is closed, so that nobody takes the part for the whole.
 */
export function sendProblem(
  response: ServerResponse,
  error: unknown,
  requestId: string,
  members: ProblemMembers = {},
): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const { req: request } = response
  const { status, fields, body } = problemOf(error, requestId, members)
  for (const [name, value] of fields) response.setHeader(name, value)
  response.setHeader('content-length', Buffer.byteLength(body))
  // Whoever sends much more would have it read to no purpose.
  const length = Number(request.headers['content-length'] ?? Number.POSITIVE_INFINITY)
  if (!request.complete && hasBody(request.headers) && !(length <= maxDiscardedBytes))
    response.setHeader('connection', 'close')
  response.writeHead(status)
  response.end(request.method === 'HEAD' ? undefined : body)
}

/** Answers an upgrade, which has no response object, with an error, and closes the socket. */
export function sendProblemOnSocket(
  socket: Duplex,
  error: unknown,
  requestId: string,
  members: ProblemMembers = {},
): void {
  if (socket.destroyed || !socket.writable) {
    socket.destroy()
    return
  }
  const { status, fields, body } = problemOf(error, requestId, members)
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    `date: ${new Date().toUTCString()}`,
    ...fields.map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  // A client that resets the connection meanwhile must not end the process.
  socket.on('error', () => socket.destroy())
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}

/** What an answer about an error holds. */
function problemOf(error: unknown, requestId: string, members: ProblemMembers) {
  const known: JotgateError = isJotgateError(error)
    ? error
    : gatewayErrors.ERR_GATEWAY_UNEXPECTED({})
  const { status, code, message, hint } = known
  const details = isObject(known.details) ? known.details : {}
  const fields: [string, string][] = [
    ['content-type', 'application/problem+json'],
    ['cache-control', 'no-store'],
    ['x-content-type-options', 'nosniff'],
    ['x-request-id', requestId],
  ]
  const { retryAfterSeconds, allowed } = details
  if (typeof retryAfterSeconds === 'number')
    fields.push(['retry-after', String(Math.max(1, Math.ceil(retryAfterSeconds)))])
  if (status === 401) fields.push(['www-authenticate', 'Bearer'])
  if (status === 405 && Array.isArray(allowed)) fields.push(['allow', allowed.join(', ')])
  // RFC 6455, section 4.4, and RFC 9110, section 15.5.22.
  if (status === 426) fields.push(['upgrade', 'websocket'], ['sec-websocket-version', '13'])
  const body = JSON.stringify({
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code,
    requestId,
    ...(status < 500 ? { detail: message, hint, ...members } : {}),
  })
  return { status, fields, body }
}

const hasBody = (headers: NodeJS.Dict<string | string[]>) =>
  headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined

/** Rest of a refused body that is read, so that the client can go on to the next request. */
const maxDiscardedBytes = 65_536
