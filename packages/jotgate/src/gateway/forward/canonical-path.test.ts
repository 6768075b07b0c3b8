import { describe, expect, it } from 'vitest'
import { readCanonicalPath } from './canonical-path.ts'

describe('the one form of a path', () => {
  it.each([
    ['/api/v1/items', '/api/v1/items'],
    ['/%61pi/v1/%7euser/a%2db', '/api/v1/~user/a-b'],
    ['/single/', '/single/'],
    ['/content/Ma%c3%9f%20stab.png', '/content/Ma%C3%9F%20stab.png'],
    ['/app/50%25', '/app/50%25'],
    ['/', '/'],
  ])('of %s is %s', (path, canonical) => {
    expect(readCanonicalPath(path)?.path).toBe(canonical)
  })

  it.each([
    ['', 'no slash'],
    ['api', 'no slash at its begin'],
    ['//host/a', 'an empty segment'],
    ['/a//b', 'an empty segment inside'],
    ['/a/../b', 'dots'],
    ['/a/%2e%2E/b', 'encoded dots'],
    ['/a/.%2e/b', 'dots, encoded in part'],
    ['/a/...', 'more dots'],
    ['/a/..%20/b', 'dots and a space'],
    ['/a/..;/b', 'dots with a parameter'],
    ['/a/;x/b', 'a parameter alone'],
    ['/a/..%3bx/b', 'dots with an encoded parameter'],
    ['/a%2fb', 'an encoded slash'],
    ['/a%5Cb', 'an encoded backslash'],
    ['/a\\b', 'a backslash'],
    ['/a%00', 'a zero byte'],
    ['/a%0d%0ab', 'a line break'],
    ['/a%7f', 'a control character'],
    ['/%252e%252e/a', 'an escape in an escape'],
    ['/%25%32%65/a', 'an escape in an escape, each encoded'],
    ['/%c0%ae%c0%ae/a', 'overlong UTF-8'],
    ['/%ed%a0%80', 'half of a surrogate pair'],
    ['/%u002e', 'an escape of another kind'],
    ['/a%', 'a percent sign alone'],
    ['/%ef%bc%8e%ef%bc%8e/a', 'fullwidth dots'],
    ['/a%ef%bc%8fb', 'a fullwidth slash'],
    ['/a b', 'a space'],
    ['/a#b', 'a fragment'],
    ['/a?b', 'a query'],
    ['/\u00e4', 'a character outside of ASCII'],
    [`/${'a'.repeat(8000)}`, 'too many characters'],
  ])('is not there for %j: %s (T-H04)', (path) => {
    expect(readCanonicalPath(path)).toBeUndefined()
  })

  it('has its segments as the most generous server reads them, for what is closed', () => {
    expect(readCanonicalPath('/API/v1/Users;a=b/%EF%BD%8De./')?.folded).toEqual([
      'api',
      'v1',
      'users',
      'me',
    ])
  })

  it('is found in a time that its length bounds (G-R6)', () => {
    const started = performance.now()
    for (const part of ['%25', '.', ';', '%e2%84%80', 'a/', '. ;'])
      readCanonicalPath(`/${part.repeat(1_000_000)}`)
    expect(performance.now() - started).toBeLessThan(1000)
  })
})
