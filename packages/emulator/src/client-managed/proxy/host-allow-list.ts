import type { ClientManagedSwitches } from '../switches.ts'

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
  { own, list }: { own: string; list: readonly string[] },
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
