import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import { parseCookies } from '../../http/cookies.ts'
import { sameSiteAttributes, type VirtualProxyConfig } from '../repository/virtual-proxy.ts'

const sameSiteNames: Readonly<Record<number, string>> = {
  [sameSiteAttributes.none]: 'None',
  [sameSiteAttributes.lax]: 'Lax',
  [sameSiteAttributes.strict]: 'Strict',
}

/** Over plain http the name has a suffix (help.qlik.com, since February 2019). */
function cookieNameOf(config: VirtualProxyConfig, request: IncomingMessage): string {
  const isSecure = request.socket instanceof TLSSocket
  return isSecure ? config.sessionCookieHeaderName : `${config.sessionCookieHeaderName}-HTTP`
}

/** The session ID that a request brings for a virtual proxy. */
export function readSessionCookie(
  config: VirtualProxyConfig,
  request: IncomingMessage,
): string | undefined {
  return parseCookies(request.headers.cookie).get(cookieNameOf(config, request))
}

/** A domain that cannot be one is omitted: in a header it would end the line, or add attributes. */
const cookieDomain = /^[a-z0-9.-]+$/i

function attributesOf(config: VirtualProxyConfig, request: IncomingMessage): string {
  const isSecure = request.socket instanceof TLSSocket
  const sameSite =
    sameSiteNames[isSecure ? config.sameSiteAttributeHttps : config.sameSiteAttributeHttp]
  const hasSecure = isSecure ? config.hasSecureAttributeHttps : config.hasSecureAttributeHttp
  return [
    '; Path=/; HttpOnly',
    ...(hasSecure ? ['; Secure'] : []),
    ...(sameSite === undefined ? [] : [`; SameSite=${sameSite}`]),
    ...(cookieDomain.test(config.sessionCookieDomain)
      ? [`; Domain=${config.sessionCookieDomain}`]
      : []),
  ].join('')
}

/** The `Set-Cookie` line of a session. */
export function toCookieLine(
  config: VirtualProxyConfig,
  request: IncomingMessage,
  sessionId: string,
): string {
  return `${cookieNameOf(config, request)}=${sessionId}${attributesOf(config, request)}`
}

/** The line that takes it away again. */
export function toClearingLine(config: VirtualProxyConfig, request: IncomingMessage): string {
  const attributes = attributesOf(config, request)
  return `${cookieNameOf(config, request)}=; Expires=Thu, 01 Jan 1970 00:00:00 GMT${attributes}`
}
