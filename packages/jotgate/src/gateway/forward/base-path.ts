/** Where Qlik's paths are at the gateway, and where they are at Qlik. */
export interface BasePath {
  /** What comes before Qlik's paths at the gateway, in the addresses that it gives: empty, or a slash and a name. */
  readonly own: string
  /** What of a path is below it; undefined for a path beside it, which would be another virtual proxy's. */
  below(path: string): string | undefined
  /** The path at Qlik of one that is below it. */
  toQlik(below: string): string
  /**
   * The address of a path of Qlik's, as the gateway gives it.
   *
   * @param address with the gateway's own origin, or without one; others stay as they are
   */
  fromQlik(address: string, publicUrl: string): string
}

/**
 * Makes the ways between the paths of both sides. They are the same by default: Qlik's clients take what comes before
 * them from the address that a page has. At the root, the prefix may still be there, since addresses in Qlik's answers
 * have it. Either way, nothing beside the prefix is reached at Qlik.
 *
 * @param prefix of Qlik's side: empty, or a slash and a name
 * @param options.atRoot whether Qlik's paths begin at the gateway's root
 */
export function createBasePath(prefix: string, { atRoot = false } = {}): BasePath {
  const below = (path: string) =>
    prefix === '' || path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : undefined
  const toQlik = (path: string) => `${prefix}${path}`
  if (!atRoot || prefix === '')
    return Object.freeze<BasePath>({ own: prefix, below, toQlik, fromQlik: (address) => address })
  return Object.freeze<BasePath>({
    own: '',
    below: (path) => below(path) ?? path,
    toQlik,
    fromQlik(address, publicUrl) {
      const origin = address.startsWith(`${publicUrl}/`) ? publicUrl : ''
      const path = address.slice(origin.length)
      const rest = below(path)
      // SECURITY: what would begin with two slashes would be another host.
      return rest === undefined || /^\/[/\\\s]/.test(rest) ? address : origin + rest
    },
  })
}
