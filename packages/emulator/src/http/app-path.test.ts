import { expect, it } from 'vitest'
import { parseAppPath } from './app-path.ts'

it.each([
  ['/app/a', { appId: 'a' }],
  ['/app/a/', { appId: 'a' }],
  ['/app/SessionApp_1', { appId: 'SessionApp_1' }],
  ['/app/a/identity/me', { appId: 'a', identity: 'me' }],
  ['/app/a/identity/m%20e/ttl/60', { appId: 'a', identity: 'm e', ttlSeconds: 60 }],
  ['/app/a/ttl/0', { appId: 'a', ttlSeconds: 0 }],
])('%s', (path, parsed) => {
  expect(parseAppPath(path)).toEqual(parsed)
})

it.each([
  '/',
  '/app',
  '/app/',
  '//app/a',
  '/APP/a',
  '/app/a/b',
  '/app/a/ttl/60/identity/me',
  '/app/a/ttl/x',
  '/app/a/ttl/99999999',
  '/app/%E0%A4%A',
  '/x/app/a',
])('%s is not the path of an app', (path) => {
  expect(parseAppPath(path)).toBeUndefined()
})
