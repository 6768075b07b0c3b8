import type { IncomingMessage } from 'node:http'

/**
 * Tells whether a request names one host, in one place.
 *
 * Of two `Host` lines Node keeps the first and a proxy perhaps the last, and an address with a host of its
 * own overrides both: then two programs see two requests (RFC 9112 §3.2 asks for 400).
 */
export function namesOneHost({ rawHeaders, url = '' }: IncomingMessage): boolean {
  const names = rawHeaders.filter((_, index) => index % 2 === 0)
  return names.filter((name) => name.toLowerCase() === 'host').length === 1 && url.startsWith('/')
}
