/** How the browser carries a value of the portal's, such as the session ID. */
export interface SessionCookie {
  readonly name: string
  /** The value in a `Cookie` header; nothing where it is missing or there are two of the name. */
  read(header: string | undefined): string | undefined
  /** The `Set-Cookie` header that gives this value. */
  give(value: string): string
  /** The `Set-Cookie` header that takes it away. */
  take(): string
}

/**
 * Chooses name and attributes of the session cookie.
 *
 * It is host-only, for the whole site, and closed to scripts. `Lax` keeps it away from other sites'
 * requests that write. Where the portal is on https it carries the prefix `__Host-`, by which a
 * browser refuses the same name from a sibling host (RFC 6265bis section 4.1.3).
 */
export function createSessionCookie(publicUrl: URL, plainName = 'portal-session'): SessionCookie {
  const isSecure = publicUrl.protocol === 'https:'
  const name = isSecure ? `__Host-${plainName}` : plainName
  const attributes = `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
  return {
    name,
    read(header) {
      const found = (header ?? '')
        .split(';')
        .map((pair) => pair.trim())
        .filter((pair) => pair.startsWith(`${name}=`))
      // Two of one name means that somebody planted one, and nothing tells which: neither counts.
      return found.length === 1 ? found[0]?.slice(name.length + 1) : undefined
    },
    give: (value) => `${name}=${value}; ${attributes}`,
    take: () => `${name}=; ${attributes}; Max-Age=0`,
  }
}
