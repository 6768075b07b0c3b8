import type { GatewayRequest } from '../request.ts'
import type { Site } from '../site.ts'

/** The parameter of `loginUrl` that says where a person goes after they have logged in. */
export const returnParameter = 'returnto'

/** Where the host application logs people in, with the address to return to. */
export function toLoginAddress(loginUrl: string, returnTo: string): string {
  const url = new URL(loginUrl)
  url.searchParams.set(returnParameter, returnTo)
  return url.href
}

/** Where a person logs out of the gateway. */
export function logOutAddress({ publicUrl }: Pick<Site, 'publicUrl'>): string {
  return `${publicUrl}/.jotgate/logout`
}

/** The address of a request, as a person has it. */
export function addressOf(
  { path, query }: Pick<GatewayRequest, 'path' | 'query'>,
  { publicUrl }: Pick<Site, 'publicUrl'>,
): string {
  return `${publicUrl}${path}${query}`
}

/**
 * Reads where a person wants to go, as a browser would: an address of a listed origin, or a path of this gateway.
 *
 * SECURITY: it is parsed before it is compared, and what is given on is what the parser made of it; so `//host`,
 * `/\host`, `https:host`, tabs and line breaks in it count as what a browser makes of them.
 *
 * @returns undefined when it would lead elsewhere (T-O02)
 */
export function readReturnAddress(
  wanted: string,
  site: Pick<Site, 'publicUrl' | 'allows'>,
): string | undefined {
  if (wanted.length > 4000 || !URL.canParse(wanted, site.publicUrl)) return undefined
  const url = new URL(wanted, site.publicUrl)
  const isPlain = url.username === '' && url.password === ''
  return isPlain && site.allows(url.origin) ? url.href : undefined
}
