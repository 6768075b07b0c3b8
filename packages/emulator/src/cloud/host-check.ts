import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import type { QlikFailure } from './error-envelope.ts'

const loopbackName = /^(?:localhost|(?:[a-z0-9-]+\.)+localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i

/** By request: the address that the tenant was given for links, where it was given one. */
const publicUrls = new WeakMap<IncomingMessage, string>()

/** Tells for a request under which address the tenant is known outside. */
export function namePublicUrl(request: IncomingMessage, url: string): void {
  publicUrls.set(request, url)
}

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
  const isPublicHost = publicUrls.get(request)?.endsWith(`//${request.headers.host}`) ?? false
  if (!isPublicHost && !loopbackName.test(request.headers.host ?? ''))
    return {
      status: 401,
      code: 'LOGIN-2',
      title: 'No authentication configured for this hostname',
      detail: 'The emulator answers to localhost, *.localhost, 127.0.0.1 and [::1]',
    }
  return undefined
}

/** Where a request was sent to. */
export function addressedUrlOf(request: IncomingMessage): string {
  const scheme = request.socket instanceof TLSSocket ? 'https' : 'http'
  return `${scheme}://${request.headers.host}`
}

/** The address in links and redirects: where this request was sent to, or the tenant's public one. */
export function baseUrlOf(request: IncomingMessage): string {
  return publicUrls.get(request) ?? addressedUrlOf(request)
}
