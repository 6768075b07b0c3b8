import { getDomain } from 'tldts'
import { readOrigin, valueOrThrow } from '../values/index.ts'
import { gatewayErrors } from './errors.ts'

/** Where the gateway is, and whose pages may use it. */
export interface Site {
  /** The gateway's own origin, without a slash at the end. */
  readonly publicUrl: string
  /** The only `Host` that is answered: name, and port where it is not the scheme's own. */
  readonly host: string
  readonly isSecure: boolean
  /** Origins of pages that may use it: its own, and the host application's. */
  readonly origins: readonly string[]
  /** Whether an origin is one of them. */
  allows(origin: string): boolean
}

/**
 * Reads the gateway's address and the origins of its pages, which must be one site: the browser would treat the
 * gateway's cookie as a third party's otherwise.
 *
 * @param where what stands before the names of the options in errors. Default nothing
 * @throws ERR_GATEWAY_OPTION
 */
export function readSite(publicUrl: string, allowedOrigins: readonly string[], where = ''): Site {
  const own = read(`${where}publicUrl`, publicUrl)
  if (!Array.isArray(allowedOrigins) || allowedOrigins.length > 100)
    throw gatewayErrors.ERR_GATEWAY_OPTION({
      option: `${where}allowedOrigins`,
      problem: 'must be an array of at most 100 origins',
    })
  const allowed = new Set([own])
  for (const [at, one] of allowedOrigins.entries()) {
    const option = `${where}allowedOrigins[${at}]`
    const origin = read(option, one)
    if (siteOf(origin) !== siteOf(own))
      throw gatewayErrors.ERR_GATEWAY_OPTION({
        option,
        problem: `is ${siteOf(origin)}, and publicUrl is ${siteOf(own)}: browsers would block the gateway’s cookie as a third party’s. Both must have one scheme and one registrable domain`,
      })
    allowed.add(origin)
  }
  const { host, protocol } = new URL(own)
  return Object.freeze({
    publicUrl: own,
    host,
    isSecure: protocol === 'https:',
    origins: Object.freeze([...allowed]),
    allows: (origin: string) => allowed.has(origin),
  })
}

const read = (option: string, value: unknown) =>
  valueOrThrow(readOrigin(option, value), gatewayErrors.ERR_GATEWAY_OPTION)

/** Scheme and registrable domain, as browsers compare them: https://html.spec.whatwg.org, "same site". */
export function siteOf(url: string): string {
  const { protocol, hostname } = new URL(url)
  return `${protocol}//${getDomain(hostname, { allowPrivateDomains: true }) ?? hostname}`
}
