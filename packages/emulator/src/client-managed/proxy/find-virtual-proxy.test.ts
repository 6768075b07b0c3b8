import { expect, it } from 'vitest'
import { newHead } from '../repository/entity.ts'
import { virtualProxyDefaults } from '../repository/virtual-proxy.ts'
import { findVirtualProxy } from './find-virtual-proxy.ts'

const proxies = ['', 'jwt', 'jwt/inner', 'a.b~c'].map((prefix) => ({
  ...virtualProxyDefaults(),
  ...newHead(new Date()),
  prefix,
  sessionCookieHeaderName: `X-Qlik-Session-${prefix}`,
}))

it.each([
  ['/jwt/hub/', 'jwt', '/hub/'],
  ['/jwt', 'jwt', '/'],
  ['/jwt/', 'jwt', '/'],
  ['/jwt/inner/hub', 'jwt/inner', '/hub'],
  ['/a.b~c/qps/user', 'a.b~c', '/qps/user'],
  ['/', '', '/'],
  ['/hub/', '', '/hub/'],
  ['/qps/user', '', '/qps/user'],
])('%s is for "%s", at %s', (pathname, prefix, path) => {
  const found = findVirtualProxy(proxies, pathname)
  expect([found?.config.prefix, found?.path]).toEqual([prefix, path])
})

it.each(['/JWT/hub/', '/jwtx', '/nobody/hub/', '//jwt/hub/'])('%s is for none', (pathname) => {
  expect(findVirtualProxy(proxies, pathname)).toBeUndefined()
})

it('is for none where the virtual proxy without a prefix is not linked', () => {
  expect(findVirtualProxy(proxies.slice(1), '/hub/')).toBeUndefined()
})
