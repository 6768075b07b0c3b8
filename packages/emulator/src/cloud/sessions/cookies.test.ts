import { describe, expect, it } from 'vitest'
import { parseCookies } from '../../http/cookies.ts'
import { readSignedCookie, toClearingLines, toSignedCookieLines } from './cookies.ts'

const secret = Buffer.from('a test’s secret')

function sentBack(lines: readonly string[]): Map<string, string> {
  return parseCookies(lines.map((line) => line.slice(0, line.indexOf(';'))).join('; '))
}

describe('signed cookies', () => {
  const lines = toSignedCookieLines(secret, 'eas.sid', 'value', { attributes: 'none-secure' })

  it('are read back', () => {
    expect(readSignedCookie(secret, sentBack(lines), 'eas.sid')).toBe('value')
  })

  it('are refused with another value, another signature, none, or another secret', () => {
    const right = sentBack(lines)
    const change = (name: string, value: string) => new Map([...right, [name, value]])
    expect(readSignedCookie(secret, change('eas.sid', 'other'), 'eas.sid')).toBeUndefined()
    expect(readSignedCookie(secret, change('eas.sid.sig', 'x'), 'eas.sid')).toBeUndefined()
    expect(readSignedCookie(secret, new Map([['eas.sid', 'value']]), 'eas.sid')).toBeUndefined()
    expect(readSignedCookie(Buffer.from('x'), right, 'eas.sid')).toBeUndefined()
  })

  it('do not lend their signature to another name', () => {
    const [, signature = ''] = lines
    const value = signature.slice('eas.sid.sig='.length, signature.indexOf(';'))
    const moved = new Map([
      ['_csrfToken', 'value'],
      ['_csrfToken.sig', value],
    ])
    expect(readSignedCookie(secret, moved, '_csrfToken')).toBeUndefined()
  })

  it('carry the attributes of the switch', () => {
    expect(lines[0]).toBe('eas.sid=value; Path=/; HttpOnly; SameSite=None; Secure')
    const [lax] = toSignedCookieLines(secret, '_csrfToken', 'value', { attributes: 'lax' })
    expect(lax).toBe('_csrfToken=value; Path=/; SameSite=Lax')
  })

  it('are all taken away at once', () => {
    const names = toClearingLines({ attributes: 'none-secure' }).map((line) =>
      line.slice(0, line.indexOf('=')),
    )
    expect(names).toEqual(['eas.sid', 'eas.sid.sig', '_csrfToken', '_csrfToken.sig'])
  })
})
