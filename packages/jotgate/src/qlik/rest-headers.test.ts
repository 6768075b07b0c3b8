import { describe, expect, it } from 'vitest'
import { checkRestHeader } from './rest-headers.ts'

describe('a header of a call', () => {
  it.each([
    ['Accept', 'text/csv'],
    ['If-Match', '"42"'],
    ['qlik-api-version', '2026-08'],
    ['Origin', 'https://www.acme.example'],
    ['X-Empty', ''],
    ['x', '\t!~'],
    ['constructor', 'a name that objects have'],
  ])('%s: %j may go', (name, value) => {
    expect(checkRestHeader(name, value)).toBeUndefined()
  })

  it.each([
    ['Authorization', /the token says who asks/],
    ['COOKIE', /the token says who asks/],
    ['Qlik-Csrf-Token', /session’s own/],
    ['host', /deployment’s url/],
    ['Content-Length', /follows from the body/],
    ['Accept-Encoding', /unpacked/],
    ['Expect', /not waited for/],
    ['Connection', /one connection only/],
    ['Keep-Alive', /one connection only/],
    ['TE', /one connection only/],
    ['Trailer', /one connection only/],
    ['Transfer-Encoding', /one connection only/],
    ['Upgrade', /one connection only/],
    ['Proxy-Authorization', /one connection only/],
    ['Proxy-Connection', /one connection only/],
    ['', /a name with other characters/],
    ['X Y', /a name with other characters/],
    ['X\r\nCookie', /a name with other characters/],
    ['Größe', /a name with other characters/],
  ])('%s is refused with the reason', (name, reason) => {
    expect(checkRestHeader(name, 'a')).toMatch(reason)
  })

  it.each(['a\r\nCookie: b', 'a\nb', '\0', '\u007f', 'ä', '\u2028', 'x'.repeat(4097)])(
    'an invalid header value is refused and not repeated (%#)',
    (value) => {
      const problem = checkRestHeader('X-Value', value)
      expect(problem).toMatch(/holds line breaks|is longer/)
      expect(problem).not.toContain(value)
    },
  )
})
