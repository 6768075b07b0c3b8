import { type ContentPolicies, toContentPolicies, toSecurityHeaders } from './security-headers.ts'
import { createSessionCookie, type SessionCookie } from './session-cookie.ts'

/** Where pages find each Qlik: Qlik itself, or a gateway in front of it. */
export interface QlikOrigins {
  /** Qlik Cloud, as an origin. */
  qlikUrl: string
  /** Client-managed Qlik, as an origin, if there is one. */
  serverUrl?: string
}

/** An address at which people visit the portal, and where its pages find Qlik itself. */
export interface PortalAddress extends QlikOrigins {
  /** What people type, as an origin. */
  publicUrl: string
  /** Where they find a gateway in front of each Qlik: the way that pages take until somebody chooses the other. */
  gateway?: QlikOrigins
}

/** How a page reaches Qlik: by Qlik's own cookies, or through a gateway that keeps them. */
export type Way = 'direct' | 'gateway'

/** One of the ways of an address. */
export interface Route {
  readonly way: Way
  readonly qlikOrigin: string
  readonly serverOrigin: string | undefined
  readonly policies: ContentPolicies
}

/** What hangs on the address at which somebody visits. */
export interface AddressInUse {
  readonly publicOrigin: string
  readonly securityHeaders: Readonly<Record<string, string>>
  readonly cookie: SessionCookie
  /** Keeps the way that somebody chose. */
  readonly wayCookie: SessionCookie
  /** Its ways; the first is taken until somebody chooses the other. */
  readonly routes: readonly [Route, ...Route[]]
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
  of(headers: Headers): AddressInUse
  /** The way that the person at this address has chosen, or the one that it prefers. */
  routeOf(headers: Headers): Route
} {
  const toEntry = ({ publicUrl, gateway, ...direct }: CheckedAddress) => {
    const ownRoute = toRoute('direct', direct)
    return [
      publicUrl.host,
      {
        publicOrigin: publicUrl.origin,
        securityHeaders: toSecurityHeaders(publicUrl),
        cookie: createSessionCookie(publicUrl),
        wayCookie: createSessionCookie(publicUrl, 'portal-way'),
        routes: gateway ? [toRoute('gateway', gateway), ownRoute] : [ownRoute],
      } satisfies AddressInUse as AddressInUse,
    ] as const
  }
  const [first, ...others] = addresses
  const [, main] = toEntry(first)
  const byHost = new Map<string, AddressInUse>([
    [first.publicUrl.host, main],
    ...others.map(toEntry),
  ])
  const of = (headers: Headers) => byHost.get(headers.get('host')?.toLowerCase() ?? '') ?? main
  return {
    main,
    throughGateway: [...byHost.values()].find(({ routes: [{ way }] }) => way === 'gateway'),
    of,
    routeOf(headers) {
      const { routes, wayCookie } = of(headers)
      const chosen = wayCookie.read(headers.get('cookie') ?? undefined)
      return routes.find(({ way }) => way === chosen) ?? routes[0]
    },
  }
}

function toRoute(way: Way, { qlikUrl, serverUrl }: CheckedOrigins): Route {
  return {
    way,
    qlikOrigin: qlikUrl.origin,
    serverOrigin: serverUrl?.origin,
    policies: toContentPolicies({
      cloud: qlikUrl,
      ...(serverUrl && { 'client-managed': serverUrl }),
    }),
  }
}

/** Where pages find each Qlik, once it was checked. */
interface CheckedOrigins {
  readonly qlikUrl: URL
  readonly serverUrl?: URL
}

/** An address whose origins were checked. */
export interface CheckedAddress extends CheckedOrigins {
  readonly publicUrl: URL
  readonly gateway?: CheckedOrigins
}

/**
 * Checks all origins of an address.
 *
 * @param option what errors call it
 * @throws TypeError as `parseOrigin` does
 */
export function parseAddress(option: string, address: PortalAddress): CheckedAddress {
  const originsOf = (at: string, { qlikUrl, serverUrl }: QlikOrigins) => ({
    qlikUrl: parseOrigin(`${at}.qlikUrl`, qlikUrl),
    ...(serverUrl !== undefined && { serverUrl: parseOrigin(`${at}.serverUrl`, serverUrl) }),
  })
  const { gateway } = address
  return {
    publicUrl: parseOrigin(`${option}.publicUrl`, address.publicUrl),
    ...originsOf(option, address),
    ...(gateway && { gateway: originsOf(`${option}.gateway`, gateway) }),
  }
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
