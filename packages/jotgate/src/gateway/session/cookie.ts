import { createHash } from 'node:crypto'
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
  const own = cookiesOf(request).filter(({ name }) => name === cookieName)
  if (own.length > 1) throw gatewayErrors.ERR_GATEWAY_COOKIE({})
  const value = own[0]?.value ?? ''
  return secretForm.test(value) ? value : undefined
}

/** Whether a request brings our cookie, also a malformed one. */
export function hasSessionCookie(request: Pick<GatewayRequest, 'fields'>): boolean {
  return cookiesOf(request).some(({ name }) => name === cookieName)
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
  return createHash('sha256').update(secret).digest('hex')
}

function cookiesOf({ fields }: Pick<GatewayRequest, 'fields'>) {
  return fields
    .filter(([name]) => name === 'cookie')
    .flatMap(([, value]) => value.split(';'))
    .map((pair) => {
      const at = pair.indexOf('=')
      return { name: pair.slice(0, Math.max(0, at)).trim(), value: pair.slice(at + 1).trim() }
    })
}
