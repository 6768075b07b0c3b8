import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'

/** Writes the head of an answer to a socket that has no response object. */
export function writeHead(
  socket: Duplex,
  status: number,
  fields: Iterable<readonly [name: string, value: string]>,
): void {
  const lines = [...fields].map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n`)
}

/** Of a refusal of Qlik's, what is the client's business. */
const passedFields = ['content-type', 'content-language', 'retry-after', 'cache-control']

/** Answers an upgrade with what Qlik answered in place of a 101, and closes the socket. */
export function passAnswer(
  socket: Duplex,
  answer: { readonly status: number; readonly headers: Headers; readonly body: Buffer },
  requestId: string,
): void {
  const { status, headers, body } = answer
  writeHead(socket, status, [
    ...[...headers].filter(([name]) => passedFields.includes(name)),
    ['x-request-id', requestId],
    ['content-length', String(body.length)],
    ['connection', 'close'],
  ])
  socket.end(body, () => socket.destroy())
}
