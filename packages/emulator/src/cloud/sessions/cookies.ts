import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Switches } from '../../control/switch-definitions.ts'

export const sessionCookie = 'eas.sid'
export const csrfCookie = '_csrfToken'

/** Keygrip's way, seen in the lengths on real tenants: 86 characters are HMAC-SHA512 in base64url. */
function signatureOf(secret: Buffer, name: string, value: string): string {
  return createHmac('sha512', secret).update(`${name}=${value}`).digest('base64url')
}

/** The cookies of a request by name; of two with one name the first counts. */
export function parseCookies(header: string | undefined): Map<string, string> {
  const cookies = new Map<string, string>()
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=')
    if (at === -1) continue
    const name = pair.slice(0, at).trim()
    if (name !== '' && !cookies.has(name)) cookies.set(name, pair.slice(at + 1).trim())
  }
  return cookies
}

/** The value of a cookie whose `.sig` is right. */
export function readSignedCookie(
  secret: Buffer,
  cookies: ReadonlyMap<string, string>,
  name: string,
): string | undefined {
  const value = cookies.get(name)
  const signature = cookies.get(`${name}.sig`)
  if (value === undefined || signature === undefined) return undefined
  const expected = Buffer.from(signatureOf(secret, name, value))
  const given = Buffer.from(signature)
  return expected.length === given.length && timingSafeEqual(expected, given) ? value : undefined
}

type Attributes = Switches['cookieAttributes']

function attributesOf(name: string, style: Attributes): string {
  const httpOnly = name.startsWith(sessionCookie) ? '; HttpOnly' : ''
  const sameSite = style === 'lax' ? '; SameSite=Lax' : '; SameSite=None; Secure'
  return `; Path=/${httpOnly}${sameSite}`
}

/** The two `Set-Cookie` lines of a value and its signature. */
export function toSignedCookieLines(
  secret: Buffer,
  name: string,
  value: string,
  style: Attributes,
): string[] {
  const signature = signatureOf(secret, name, value)
  return [
    `${name}=${value}${attributesOf(name, style)}`,
    `${name}.sig=${signature}${attributesOf(`${name}.sig`, style)}`,
  ]
}

/** The lines that take the cookies away again. */
export function toClearingLines(style: Attributes): string[] {
  return [sessionCookie, `${sessionCookie}.sig`, csrfCookie, `${csrfCookie}.sig`].map(
    (name) => `${name}=; Expires=Thu, 01 Jan 1970 00:00:00 GMT${attributesOf(name, style)}`,
  )
}
