import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'

const loopbackName = /^(?:localhost|(?:[a-z0-9-]+\.)+localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i

/** By request: the address that the server was given for links, where it was given one. */
const publicUrls = new WeakMap<IncomingMessage, string>()

/** Tells for a request under which address the server is known outside. */
export function setPublicUrl(request: IncomingMessage, url: string): void {
  publicUrls.set(request, url)
}

/** How many header lines of a name came; Node itself keeps the first of two silently. */
function countLines(request: IncomingMessage, name: string): number {
  let lines = 0
  for (let index = 0; index < request.rawHeaders.length; index += 2)
    if (request.rawHeaders[index]?.toLowerCase() === name) lines += 1
  return lines
}

/** Why a request is not answered at all. */
export type TargetFlaw = 'header-twice' | 'not-origin-form' | 'foreign-host'

/**
 * Refuses what was not meant for this machine: another Host (so that no web page reaches the emulator by a
 * name that points to 127.0.0.1), two Host lines (RFC 9112 §3.2), a target in absolute form, two
 * Authorization lines.
 */
export function checkTarget(request: IncomingMessage): TargetFlaw | undefined {
  if (countLines(request, 'host') > 1 || countLines(request, 'authorization') > 1)
    return 'header-twice'
  if (!request.url?.startsWith('/')) return 'not-origin-form'
  const isPublicHost = publicUrls.get(request)?.endsWith(`//${request.headers.host}`) ?? false
  return isPublicHost || loopbackName.test(request.headers.host ?? '') ? undefined : 'foreign-host'
}

/** Where a request was sent to. */
function addressedUrlOf(request: IncomingMessage): string {
  const scheme = request.socket instanceof TLSSocket ? 'https' : 'http'
  return `${scheme}://${request.headers.host}`
}

/** The address in links and redirects: where this request was sent to, or the server's public one. */
export function baseUrlOf(request: IncomingMessage): string {
  return publicUrls.get(request) ?? addressedUrlOf(request)
}

/** The origin of another site's page; undefined without one, and for a page of the emulator's own. */
export function foreignOriginOf(request: IncomingMessage): string | undefined {
  const { origin } = request.headers
  const own = [undefined, baseUrlOf(request), addressedUrlOf(request)]
  return own.includes(origin) ? undefined : origin
}

/** The target as a URL; its host is of no matter. `//x` stays a path. */
export function toTargetUrl(target: string | undefined): URL {
  const at = (target ?? '/').indexOf('?')
  const path = at === -1 ? (target ?? '/') : (target ?? '/').slice(0, at)
  const url = new URL('http://localhost/')
  url.pathname = path
  url.search = at === -1 ? '' : (target ?? '').slice(at)
  return url
}
