import { type ContentPolicies, toContentPolicies, toSecurityHeaders } from './security-headers.ts'
import { createSessionCookie, type SessionCookie } from './session-cookie.ts'

/** An address at which people visit the portal, and the address of Qlik that goes with it. */
export interface PortalAddress {
  /** What people type, as an origin. */
  publicUrl: string
  /** Where the pages at that address find Qlik Cloud, as an origin: Qlik itself, or a gateway in front of it. */
  qlikUrl: string
  /** How they reach it: `direct` by default. */
  way?: Way
  /** Where they find client-managed Qlik, as an origin, if the portal has it. */
  serverUrl?: string
}

/** How a page reaches Qlik: by Qlik's own cookies, or through a gateway that keeps them. */
export type Way = 'direct' | 'gateway'

/** What hangs on the address at which somebody visits. */
export interface AddressInUse {
  readonly way: Way
  readonly publicOrigin: string
  readonly qlikOrigin: string
  readonly serverOrigin: string | undefined
  readonly policies: ContentPolicies
  readonly securityHeaders: Readonly<Record<string, string>>
  readonly cookie: SessionCookie
}

/**
 * Makes the choice among the portal's addresses.
 *
 * The `Host` of a request only picks from this list. It never becomes part of an address, a policy or a
 * cookie: whoever sends another gets what the first address gets, and its `Origin` will not fit.
 *
 * @param addresses checked ones, the main address first
 */
export function createAddressChoice(addresses: readonly [CheckedAddress, ...CheckedAddress[]]): {
  main: AddressInUse
  /** The first address whose pages go through a gateway. */
  throughGateway: AddressInUse | undefined
  /** The last address whose pages reach Qlik directly: where there are two, Qlik is another site there. */
  direct: AddressInUse | undefined
  of(headers: Headers): AddressInUse
} {
  const toEntry = ({ publicUrl, qlikUrl, serverUrl, way = 'direct' }: CheckedAddress) =>
    [
      publicUrl.host,
      {
        way,
        publicOrigin: publicUrl.origin,
        qlikOrigin: qlikUrl.origin,
        serverOrigin: serverUrl?.origin,
        policies: toContentPolicies({
          cloud: qlikUrl,
          ...(serverUrl && { 'client-managed': serverUrl }),
        }),
        securityHeaders: toSecurityHeaders(publicUrl),
        cookie: createSessionCookie(publicUrl),
      },
    ] as const
  const [first, ...others] = addresses
  const [, main] = toEntry(first)
  const byHost = new Map<string, AddressInUse>([
    [first.publicUrl.host, main],
    ...others.map(toEntry),
  ])
  const all = [...byHost.values()]
  return {
    main,
    throughGateway: all.find((address) => address.way === 'gateway'),
    direct: all.findLast((address) => address.way === 'direct'),
    of: (headers) => byHost.get(headers.get('host')?.toLowerCase() ?? '') ?? main,
  }
}

/** An address whose origins were checked. */
export interface CheckedAddress {
  readonly publicUrl: URL
  readonly qlikUrl: URL
  readonly serverUrl?: URL
  readonly way?: Way
}

/**
 * Checks an origin that somebody configured.
 *
 * @param option what the error calls it
 * @throws TypeError when it is not an origin, or names another machine without https
 */
export function parseOrigin(option: string, value: string): URL {
  const url = URL.parse(value)
  const isWeb = url?.protocol === 'http:' || url?.protocol === 'https:'
  if (!url || !isWeb || value.replace(/\/$/, '') !== url.origin)
    throw new TypeError(
      `${option} is ${JSON.stringify(value)}. Give an origin with nothing behind it, such as http://localhost:3000.`,
    )
  // Cookies and tokens pass here: in the clear they may do so within this machine only.
  if (url.protocol === 'http:' && !/^((.+\.)?localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname))
    throw new TypeError(`${option} is ${JSON.stringify(value)}. Use https for other machines.`)
  return url
}
