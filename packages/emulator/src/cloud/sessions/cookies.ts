import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { CloudSwitches } from '../switch-definitions.ts'

export const sessionCookie = 'eas.sid'
export const csrfCookie = '_csrfToken'

/** Keygrip's way, seen in the lengths on real tenants: 86 characters are HMAC-SHA512 in base64url. */
function signatureOf(secret: Buffer, name: string, value: string): string {
  return createHmac('sha512', secret).update(`${name}=${value}`).digest('base64url')
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

/** How cookies are written: by the switches, and for which host. */
export interface CookieStyle {
  readonly attributes: CloudSwitches['cookieAttributes']
  /** The `Domain`, where there is one. */
  readonly domain?: string | undefined
}

function attributesOf(name: string, { attributes, domain }: CookieStyle): string {
  const httpOnly = name.startsWith('eas.') ? '; HttpOnly' : ''
  const sameSite = attributes === 'lax' ? '; SameSite=Lax' : '; SameSite=None; Secure'
  return `${domain === undefined ? '' : `; Domain=${domain}`}; Path=/${httpOnly}${sameSite}`
}

/** The two `Set-Cookie` lines of a value and its signature. */
export function toSignedCookieLines(
  secret: Buffer,
  name: string,
  value: string,
  style: CookieStyle,
): string[] {
  const signature = signatureOf(secret, name, value)
  return [
    `${name}=${value}${attributesOf(name, style)}`,
    `${name}.sig=${signature}${attributesOf(`${name}.sig`, style)}`,
  ]
}

/** What the load balancer in front of a tenant adds; the comma in `Expires` is a trap for clients. */
export function toBalancerLines(now: Date): string[] {
  const value = randomBytes(96).toString('base64')
  const expires = new Date(now.getTime() + 7 * 24 * 3_600_000).toUTCString()
  return [
    `AWSALB=${value}; Expires=${expires}; Path=/`,
    `AWSALBCORS=${value}; Expires=${expires}; Path=/; SameSite=None; Secure`,
  ]
}

/** The line that takes a cookie away again. */
export function toClearingLine(name: string, style: CookieStyle): string {
  return `${name}=; Expires=Thu, 01 Jan 1970 00:00:00 GMT${attributesOf(name, style)}`
}

/** The lines that take a session's cookies away again. */
export function toClearingLines(style: CookieStyle): string[] {
  return [sessionCookie, `${sessionCookie}.sig`, csrfCookie, `${csrfCookie}.sig`].map((name) =>
    toClearingLine(name, style),
  )
}
