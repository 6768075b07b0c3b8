import { kindOf } from './kind-of.ts'
import { found, type Reading, refused } from './reading.ts'

/** Reads an address over https, or over http where only this machine can listen. */
export function readWebAddress(option: string, value: unknown): Reading<URL> {
  if (value === undefined) return refused(option, 'is missing')
  if (typeof value !== 'string') return refused(option, `must be a string, not ${kindOf(value)}`)
  if (!URL.canParse(value)) return refused(option, 'is not a web address; it begins with https://')
  const url = new URL(value)
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return refused(option, 'must begin with https://')
  if (url.username !== '' || url.password !== '')
    return refused(option, 'must not contain a user name or password')
  if (url.hash !== '') return refused(option, 'must not contain a fragment')
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    return refused(option, 'must begin with https://; http is allowed for loopback names only')
  return found(url)
}

/** Reads an origin: a web address without path and query. The value has no slash at its end. */
export function readOrigin(option: string, value: unknown): Reading<string> {
  const address = readWebAddress(option, value)
  if (address.problems !== undefined) return address
  const { origin, pathname, search, hostname } = address.value
  // The URL parser takes it; no browser sends it.
  if (hostname.includes('*')) return refused(option, 'must name one host: there are no wildcards')
  if (pathname !== '/' || search !== '')
    return refused(option, 'must be an origin, without path, query or fragment')
  return found(origin)
}

/**
 * Whether only this machine can listen there. RFC 6761 section 6.3 for the names; the URL parser has
 * already brought each address into one form.
 */
export function isLoopback(hostname: string): boolean {
  return /(^|\.)localhost$|^\[::1\]$|^127(\.\d+){3}$/.test(hostname)
}
