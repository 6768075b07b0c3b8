import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import { expect, it } from 'vitest'
import { newHead } from '../repository/entity.ts'
import { sameSiteAttributes, virtualProxyDefaults } from '../repository/virtual-proxy.ts'
import { readSessionCookie, toClearingLine, toCookieLine } from './cookies.ts'

const config = {
  ...virtualProxyDefaults(),
  ...newHead(new Date()),
  prefix: 'jwt',
  sessionCookieHeaderName: 'X-Qlik-Session-jwt',
}

const by = (isSecure: boolean, cookie = '') =>
  ({
    headers: { cookie },
    socket: isSecure ? Object.create(TLSSocket.prototype) : {},
  }) as unknown as IncomingMessage

it('names the cookie by what is served, and marks it Secure over https', () => {
  expect(toCookieLine(config, by(false), 'id')).toBe('X-Qlik-Session-jwt-HTTP=id; Path=/; HttpOnly')
  expect(toCookieLine(config, by(true), 'id')).toBe(
    'X-Qlik-Session-jwt=id; Path=/; HttpOnly; Secure',
  )
})

it('has the domain, SameSite and Secure of the virtual proxy, for http and https apart', () => {
  const { none, strict } = sameSiteAttributes
  const changed = {
    ...config,
    sessionCookieDomain: 'acme.example',
    sameSiteAttributeHttp: strict,
    sameSiteAttributeHttps: none,
    hasSecureAttributeHttp: true,
    hasSecureAttributeHttps: false,
  }
  expect(toCookieLine(changed, by(false), 'id')).toMatch(
    /HttpOnly; Secure; SameSite=Strict; Domain=acme.example$/,
  )
  expect(toCookieLine(changed, by(true), 'id')).toMatch(
    /HttpOnly; SameSite=None; Domain=acme.example$/,
  )
})

it.each(['', 'a\r\nX-Evil: 1', '€.example', 'a.example; Path=/x'])(
  'has no domain where that of the virtual proxy cannot be one: %j',
  (sessionCookieDomain) => {
    expect(toCookieLine({ ...config, sessionCookieDomain }, by(false), 'id')).toBe(
      'X-Qlik-Session-jwt-HTTP=id; Path=/; HttpOnly',
    )
  },
)

it('is read by its name alone, and taken away', () => {
  const cookie = 'X-Qlik-Session-jwt=one; X-Qlik-Session-jwt-HTTP=two'
  expect(readSessionCookie(config, by(true, cookie))).toBe('one')
  expect(readSessionCookie(config, by(false, cookie))).toBe('two')
  expect(toClearingLine(config, by(false))).toMatch(
    /^X-Qlik-Session-jwt-HTTP=; Expires=Thu, 01 Jan 1970/,
  )
})
