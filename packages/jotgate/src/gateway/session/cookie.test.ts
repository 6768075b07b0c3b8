import { describe, expect, it } from 'vitest'
import { clearCookie, hasSessionCookie, readSessionCookie, toSetCookie } from './cookie.ts'
import { requestOf, requestWith } from './session.fixture.ts'

const secret = 'A'.repeat(43)

describe('our cookie', () => {
  it('T-C01: belongs to one host name, over a secure connection, unseen by scripts', () => {
    expect(toSetCookie(secret)).toBe(
      `__Host-jotgate=${secret}; Path=/; Secure; HttpOnly; SameSite=Lax`,
    )
    expect(clearCookie()).toBe('__Host-jotgate=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0')
  })

  it('T-C05: fits what every browser keeps', () => {
    expect(toSetCookie(secret).length).toBeLessThan(4096)
  })

  it('is read from among others', () => {
    expect(readSessionCookie(requestOf(secret))).toBe(secret)
    expect(readSessionCookie(requestWith(`a=1; __Host-jotgate=${secret}; b="2"`))).toBe(secret)
    expect(readSessionCookie(requestWith('a=1', `__Host-jotgate=${secret}`))).toBe(secret)
  })

  it.each([
    'a=1',
    '',
    '__Host-jotgate',
    '__Host-jotgate=',
    `__Host-jotgate=${secret}=`,
    `__Host-jotgate="${secret}"`,
    `__Host-jotgate=${secret.slice(1)}`,
    `__Host-jotgate=${secret}A`,
    `__Host-jotgate=${'A'.repeat(42)}+`,
    `__host-jotgate=${secret}`,
    `jotgate=${secret}`,
    `a=__Host-jotgate=${secret}`,
  ])('is not read from %j', (value) => {
    expect(readSessionCookie(requestWith(value))).toBeUndefined()
  })

  it.each([
    [`__Host-jotgate=${secret}; __Host-jotgate=${'B'.repeat(43)}`],
    [`__Host-jotgate=${secret}; __Host-jotgate=${secret}`],
    [`__Host-jotgate=${secret}; __Host-jotgate=`],
    [`__Host-jotgate=${secret}`, '__Host-jotgate =x'],
  ])('T-C04: is refused when it comes twice: %j', (...values) => {
    expect(() => readSessionCookie(requestWith(...values))).toThrow(
      expect.objectContaining({ code: 'ERR_GATEWAY_COOKIE', status: 400 }),
    )
  })

  it('is noticed when it is malformed too', () => {
    expect(hasSessionCookie(requestWith('__Host-jotgate=x'))).toBe(true)
    expect(hasSessionCookie(requestWith('a=1'))).toBe(false)
  })
})
