import { hash } from 'node:crypto'
import { gatewayErrors } from '../errors.ts'
import type { GatewayRequest } from '../request.ts'

/**
 * The prefix makes browsers refuse a cookie of this name without Secure, with a Domain, or with another path, so
 * that no other host name below the same domain can set it (RFC 6265bis section 4.1.3). Chromium accepts it at
 * http://*.localhost too.
 */
const cookieName = '__Host-jotgate'
const attributes = 'Path=/; Secure; HttpOnly; SameSite=Lax'

/** 32 bytes in base64url. */
const secretForm = /^[\w-]{43}$/

/**
 * Reads what our cookie holds; undefined when there is none, or none that the gateway can have set.
 *
 * @throws ERR_GATEWAY_COOKIE (400) when it comes more than once: which of them is the browser's own cannot be told
 */
export function readSessionCookie(request: Pick<GatewayRequest, 'fields'>): string | undefined {
  const [value = '', ...others] = ownCookies(request)
  if (others.length > 0) throw gatewayErrors.ERR_GATEWAY_COOKIE({})
  return secretForm.test(value) ? value : undefined
}

/** Whether a request brings our cookie, also a malformed one. */
export function hasSessionCookie(request: Pick<GatewayRequest, 'fields'>): boolean {
  return ownCookies(request).length > 0
}

/** The value of Set-Cookie that gives a browser its session, until the browser is closed. */
export function toSetCookie(secret: string): string {
  return `${cookieName}=${secret}; ${attributes}`
}

/** The value of Set-Cookie that takes it away. */
export function clearCookie(): string {
  return `${cookieName}=; ${attributes}; Max-Age=0`
}

/**
 * What a session is found by. The store and the memory hold this alone; and since it is looked up by the hash, the
 * time that a lookup takes tells nothing about the secret.
 */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'hex')
}

/** The values of our cookie; there should be one. */
function ownCookies({ fields }: Pick<GatewayRequest, 'fields'>): string[] {
  const values: string[] = []
  for (const [field, line] of fields) {
    if (field !== 'cookie' || !line.includes(cookieName)) continue
    // A browser has this one alone, but where the host application is on the same host.
    if (line.startsWith(`${cookieName}=`) && !line.includes(';')) {
      values.push(line.slice(cookieName.length + 1).trim())
      continue
    }
    for (const pair of line.split(';')) {
      const at = pair.indexOf('=')
      if (at > 0 && pair.slice(0, at).trim() === cookieName) values.push(pair.slice(at + 1).trim())
    }
  }
  return values
}
