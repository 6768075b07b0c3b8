import { describe, expect, it } from 'vitest'
import { readTarget } from './request-target.ts'

const read = (target: string) => readTarget(target, 8_000)

describe('the target of a request', () => {
  it.each([
    ['/', '/', ''],
    ['/single/?appid=1&opt=ctxmenu,currsel', '/single/', '?appid=1&opt=ctxmenu,currsel'],
    ['/app/%3Ftransient%3D?x=1', '/app/%3Ftransient%3D', '?x=1'],
    ['/content/Default/a%20b%25.png', '/content/Default/a%20b%25.png', ''],
    ['/.well-known/a..b/..c/c..', '/.well-known/a..b/..c/c..', ''],
    ['/extensions/gr%C3%BC%C3%9Fe.js', '/extensions/gr%C3%BC%C3%9Fe.js', ''],
    ['/%E8%A1%A8;v=1/x%7E', '/%E8%A1%A8;v=1/x%7E', ''],
    ['/a//b', '/a//b', ''],
    ['/a?next=//evil/../%2e%2e%2f%00', '/a', '?next=//evil/../%2e%2e%2f%00'],
    ['/a?', '/a', '?'],
  ])('T-H04 %s is carried as it came', (target, path, query) => {
    expect(read(target)).toEqual({ path, query })
  })

  it.each([
    ['', /slash/],
    ['*', /slash/],
    ['http://qlik.acme.example/', /slash/],
    ['qlik.acme.example:443', /slash/],
    ['//evil.example/app', /two slashes/],
    ['/a#b', /character/],
    ['/a\\b', /character/],
    ['/a?b\\c', /character/],
    ['/\u00e4', /character/],
    ['/a\tb', /character/],
    ['/a b', /character/],
    ['/a\u007f', /character/],
  ])('T-H03 %s is refused', (target, message) => {
    expect(() => read(target)).toThrow(message)
  })

  it.each([
    ['/a/../b', /dot segment/],
    ['/a/..', /dot segment/],
    ['/./a', /dot segment/],
    ['/a/...', /dot segment/],
    ['/a/..;/b', /dot segment/],
    ['/a/..;x=1/b', /dot segment/],
    ['/a/..%3b/b', /dot segment/],
    ['/a/..%20/b', /dot segment/],
    ['/a/%20../b', /dot segment/],
    ['/a/..%3F/b', /dot segment/],
    ['/a/%2e%2e/b', /letters, digits, dots/],
    ['/a/.%2E/b', /letters, digits, dots/],
    ['/api/v1/%75sers', /letters, digits, dots/],
    ['/a%2fb', /slash or backslash/],
    ['/a%5Cb', /slash or backslash/],
    ['/a%00b', /control/],
    ['/a%0d%0ab', /control/],
    ['/a%C2%85b', /control/],
    ['/a/%252e%252e/b', /twice/],
    ['/a/%25%32%65/b', /letters, digits, dots/],
    ['/a/%25u002e/b', /twice/],
    ['/a/%c0%ae%c0%ae/b', /UTF-8/],
    ['/a/%u002e/b', /UTF-8/],
    ['/a/%', /UTF-8/],
    ['/a%ef%bc%8fb', /read as a slash/],
    ['/a%ef%bc%bcb', /read as a slash/],
    ['/a/%ef%bc%8e%ef%bc%8e/b', /dot segment/],
    ['/a/%e2%80%a5/b', /dot segment/],
  ])('T-H04 %s is refused', (target, message) => {
    expect(() => read(target)).toThrow(message)
  })

  it('T-H18 has 8,000 bytes at most', () => {
    const longest = `/${'a'.repeat(7_999)}`
    expect(read(longest).path).toBe(longest)
    expect(() => read(`${longest}a`)).toThrow(
      expect.objectContaining({ code: 'ERR_GATEWAY_REQUEST_TARGET', status: 414 }),
    )
  })
})
