import { tokenErrors } from './errors.ts'
import { kindOf } from './text-problem.ts'

/** Reads the address of a deployment: an origin over https, or over http where only this machine can listen. */
export function parseOrigin(value: unknown): string {
  const refuse = (problem: string) => tokenErrors.ERR_TOKEN_DEPLOYMENT({ option: 'url', problem })
  if (typeof value !== 'string') throw refuse(`must be a string, not ${kindOf(value)}`)
  if (!URL.canParse(value)) throw refuse('is not an address; it begins with https://')
  const url = new URL(value)
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw refuse('must begin with https://')
  if (url.username !== '' || url.password !== '') throw refuse('must not hold a name or password')
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    throw refuse('must be an origin alone, without path, query or fragment')
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    throw refuse('must begin with https://; plain http is for loopback names only')
  return url.origin
}

/** Whether only this machine can listen there. RFC 6761 section 6.3 for the names; the URL parser has already made one form of each address. */
function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname)
  )
}
