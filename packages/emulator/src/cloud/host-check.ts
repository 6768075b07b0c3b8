import type { IncomingMessage } from 'node:http'
import type { QlikFailure } from './error-envelope.ts'

const loopbackName = /^(?:localhost|(?:[a-z0-9-]+\.)+localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i

/** How many header lines of a name came; Node itself keeps the first of two silently. */
function linesOf(request: IncomingMessage, name: string): number {
  let lines = 0
  for (let index = 0; index < request.rawHeaders.length; index += 2)
    if (request.rawHeaders[index]?.toLowerCase() === name) lines += 1
  return lines
}

/**
 * Refuses what did not mean this machine: another Host (so that no web page reaches the emulator by a
 * name of its own that points to 127.0.0.1), two Host lines (RFC 9112 §3.2), a target in absolute
 * form, two Authorization lines.
 */
export function checkHost(request: IncomingMessage): QlikFailure | undefined {
  if (linesOf(request, 'host') > 1 || linesOf(request, 'authorization') > 1)
    return {
      status: 400,
      code: 'HTTP-400',
      title: 'Bad request',
      detail: 'Host and Authorization may each come once',
    }
  if (!request.url?.startsWith('/'))
    return {
      status: 400,
      code: 'HTTP-400',
      title: 'Bad request',
      detail: 'Not an origin-form target',
    }
  if (!loopbackName.test(request.headers.host ?? ''))
    return {
      status: 401,
      code: 'LOGIN-2',
      title: 'No authentication configured for this hostname',
      detail: 'The emulator answers to localhost, *.localhost, 127.0.0.1 and [::1]',
    }
  return undefined
}

/** The address in links: where this request was sent to. */
export function baseUrlOf(request: IncomingMessage): string {
  return `http://${request.headers.host}`
}
