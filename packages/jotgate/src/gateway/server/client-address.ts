import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'
import { found, type Reading, refused } from '../../values/index.ts'
import { rememberNames } from '../remember.ts'

/**
 * Brings an IP address into one form, so that limits by address cannot be evaded by writing it in another one: an
 * IPv4 address within IPv6 is IPv4, and a zone is dropped. What is not an IP address is the empty string.
 */
export function canonicalAddress(address: string | undefined): string {
  return address === undefined ? '' : canonicalForm(address)
}

const canonicalForm = rememberNames((address) => {
  const plain = address.split('%', 1)[0] ?? ''
  if (isIPv4(plain)) return plain
  if (!isIPv6(plain)) return ''
  // The URL parser writes IPv6 in the form of RFC 5952.
  const canonical = new URL(`http://[${plain}]/`).hostname.slice(1, -1)
  const mapped = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(canonical)
  if (mapped === null) return canonical
  const [high = 0, low = 0] = mapped.slice(1).map((part) => Number.parseInt(part, 16))
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
})

/** Whom a limit by address counts as one: an IPv4 address, or the /64 that one IPv6 customer has. */
export function addressGroup(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail = ''] = address.split('::')
  const [left, right] = [head, tail].map((part) => (part === '' ? [] : part.split(':')))
  const zeros = address.includes('::') ? 8 - (left?.length ?? 0) - (right?.length ?? 0) : 0
  const all = [...(left ?? []), ...Array<string>(zeros).fill('0'), ...(right ?? [])]
  return `${all.slice(0, 4).join(':')}::/64`
}

/** Says which address a request comes from: that of the connection, or what trusted proxies say. */
export type ReadAddress = (peer: string, forwardedFor: string | undefined) => string

/** The proxies in front of the gateway. */
export interface TrustedProxies {
  readonly readAddress: ReadAddress
  isTrusted(address: string): boolean
}

/**
 * Reads which proxies are in front of the gateway.
 *
 * @param trustedProxies addresses and networks, such as 10.0.0.0/8, whose `X-Forwarded-For` is believed. None by default:
 * anybody can write that field
 */
export function readTrustedProxies(
  option: string,
  trustedProxies: readonly string[],
): Reading<TrustedProxies> {
  if (!Array.isArray(trustedProxies) || trustedProxies.length > 100)
    return refused(option, 'must be an array of at most 100 addresses and networks')
  const trusted = new BlockList()
  for (const [at, one] of trustedProxies.entries()) {
    const problem = addNetwork(trusted, one)
    if (problem !== undefined) return refused(`${option}[${at}]`, problem)
  }
  const isTrusted = rememberNames(
    (address) => address !== '' && trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4'),
  )
  const readAddress: ReadAddress = (peer, forwardedFor) => {
    let address = canonicalAddress(peer)
    if (trustedProxies.length === 0 || forwardedFor === undefined) return address
    // Each proxy appends the address it was asked from; what is left of the first untrusted one, a client wrote.
    const hops = forwardedFor.split(',').reverse()
    for (const hop of hops) {
      if (!isTrusted(address)) break
      const before = canonicalAddress(hop.trim())
      if (before === '') break
      address = before
    }
    return address
  }
  return found({ readAddress, isTrusted })
}

function addNetwork(list: BlockList, text: unknown): string | undefined {
  if (typeof text !== 'string') return 'must be an IP address or a network such as 10.0.0.0/8'
  const [address = '', bits, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0)
    return 'must be an IP address or a network such as 10.0.0.0/8'
  // ::ffff:10.0.0.0/8 trusts everybody: CVE-2026-90711.
  if (version === 6 && canonicalAddress(address).includes('.'))
    return 'is an IPv4 address within IPv6; write it as IPv4'
  const family = version === 6 ? 'ipv6' : 'ipv4'
  const most = version === 6 ? 128 : 32
  if (bits === undefined) {
    list.addAddress(address, family)
    return undefined
  }
  const prefix = /^\d{1,3}$/.test(bits) ? Number(bits) : 0
  if (prefix < 1 || prefix > most) return `must have a prefix length from 1 to ${most}`
  list.addSubnet(address, prefix, family)
  return undefined
}
