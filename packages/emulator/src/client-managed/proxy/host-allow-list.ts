import type { ClientManagedSwitches } from '../switches.ts'

/** What the Origin is compared with. */
interface Allowed {
  readonly own: string
  readonly list: readonly string[]
}

function hostNameOf(address: string): string | undefined {
  return URL.canParse(address) ? new URL(address).hostname.toLowerCase() : undefined
}

/**
 * Whether pages of an origin may open web sockets: those of the proxy’s own host name, and of the names in the host
 * allow list, in any case and without port.
 *
 * @param allowed.own the host name that was asked
 * @param allowed.list `websocketCrossOriginWhiteList` of the virtual proxy
 */
export function isAllowedOrigin(
  origin: string,
  { own, list }: Allowed,
  { hostAllowList, hostAllowListWithScheme }: ClientManagedSwitches,
): boolean {
  const host = hostNameOf(origin)
  if (host === undefined) return false
  if (host === own.toLowerCase()) return true
  return list.some((entry) => {
    const written = entry.trim().toLowerCase()
    const isBare = !/[/:]/.test(written)
    if (!isBare && hostAllowListWithScheme === 'ignored') return false
    const name = isBare
      ? written
      : hostNameOf(written.includes('://') ? written : `https://${written}`)
    if (name === undefined || name === '') return false
    return host === name || (hostAllowList === 'suffix' && host.endsWith(`.${name}`))
  })
}

/** The switch by another value of which a refused origin would be allowed. */
export function switchThatRefuses(
  origin: string,
  allowed: Allowed,
  switches: ClientManagedSwitches,
): 'hostAllowList' | 'hostAllowListWithScheme' | undefined {
  if (isAllowedOrigin(origin, allowed, { ...switches, hostAllowList: 'suffix' }))
    return 'hostAllowList'
  return isAllowedOrigin(origin, allowed, { ...switches, hostAllowListWithScheme: 'read' })
    ? 'hostAllowListWithScheme'
    : undefined
}
