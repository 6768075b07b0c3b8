import { expect, it } from 'vitest'
import { withOwnEngineSession } from './own-engine-session.ts'

it.each([
  ['/app/7f3c', '/app/7f3c/identity/a1'],
  ['/app/7f3c/', '/app/7f3c/identity/a1/'],
  ['/app/engineData', '/app/engineData/identity/a1'],
  ['/app/7f3c/ttl/5', '/app/7f3c/identity/a1/ttl/5'],
  ['/app/7f3c/identity/left', '/app/7f3c/identity/a1-left'],
  ['/app/7f3c/identity/left%20side/ttl/5', '/app/7f3c/identity/a1-left%20side/ttl/5'],
  ['/app/7f3c/ttl/5/identity/left', '/app/7f3c/identity/a1-left/ttl/5'],
  ['/app/7f3c/identity', '/app/7f3c/identity/a1'],
  ['/app/identity/ttl/5', '/app/identity/identity/a1/ttl/5'],
  ['/app/7f3c/ttl/identity', '/app/7f3c/identity/a1/ttl/identity'],
  ['/app/', '/app/'],
  ['/app', '/app'],
  ['/printing/7f3c', '/printing/7f3c'],
])('%s becomes %s', (path, own) => {
  expect(withOwnEngineSession(path, 'a1')).toBe(own)
})
