/** Cookies by name. */
export type Cookies = ReadonlyMap<string, string>

const maxCookies = 50
const maxCookieLength = 4096

const cookiePair = /^\s*([!#$%&'*+.^_`|~\w-]+)=("[!#-+\--:<-[\]-~]*"|[!#-+\--:<-[\]-~]*)\s*$/

/**
 * Takes the cookies of an answer, over those that were there before.
 *
 * They come from `getSetCookie()`, one line each: an expiry date holds a comma, so a joined line
 * cannot be split again. What a browser would make of Domain, Path and Secure does not matter here,
 * since the cookies go back to one origin only. Lines that break the grammar of RFC 6265 section
 * 4.1.1 are omitted: they could not be sent back unchanged.
 */
export function receiveCookies(headers: Headers, before: Cookies = new Map()): Cookies {
  const cookies = new Map(before)
  for (const line of headers.getSetCookie()) {
    const [pair = '', ...attributes] = line.split(';')
    const match = cookiePair.exec(pair)
    const [, name, value] = match ?? []
    if (name === undefined || value === undefined || pair.length > maxCookieLength) continue
    if (isDeletion(value, attributes)) cookies.delete(name)
    else if (cookies.has(name) || cookies.size < maxCookies) cookies.set(name, value)
  }
  return cookies
}

/** Whether a cookie could have come from `receiveCookies`. */
export function isCookie(name: unknown, value: unknown): boolean {
  const pair = `${String(name)}=${String(value)}`
  const isText = typeof name === 'string' && typeof value === 'string'
  return isText && pair.length <= maxCookieLength && cookiePair.exec(pair)?.[2] === value
}

export function toCookieHeader(cookies: Cookies): string {
  return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
}

function isDeletion(value: string, attributes: readonly string[]): boolean {
  if (value === '') return true
  // Max-Age goes before Expires (RFC 6265 section 5.3 step 3). A date counts only when it is long
  // past: this machine's clock may differ from Qlik's.
  const maxAge = attributeOf('max-age', attributes)
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return Number(maxAge) <= 0
  const expires = Date.parse(attributeOf('expires', attributes) ?? '')
  return expires < Date.UTC(2000, 0, 1)
}

function attributeOf(name: string, attributes: readonly string[]): string | undefined {
  for (const attribute of attributes) {
    const [key = '', ...rest] = attribute.split('=')
    if (key.trim().toLowerCase() === name) return rest.join('=').trim()
  }
  return undefined
}
