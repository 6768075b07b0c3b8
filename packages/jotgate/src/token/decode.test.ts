import { describe, expect, it } from 'vitest'
import { isJotgateError } from '../errors/index.ts'
import { textToBase64url as part, toBase64url } from './base64url.ts'
import { decodeToken } from './decode.ts'

const header = part('{"alg":"RS256","kid":"a"}')
const payload = part('{"sub":"Łukasz"}')

function codeOf(text: string): string {
  try {
    decodeToken(text)
  } catch (error) {
    if (isJotgateError(error)) {
      const told = `${error.message} ${JSON.stringify(error.details)} ${String(error.cause)}`
      for (const piece of text.split('.'))
        if (piece.length > 8) expect(told).not.toContain(piece.slice(0, 8))
      return error.code
    }
    throw error
  }
  return 'none'
}

describe('taking a token apart', () => {
  it('gives header, payload and signature without trusting them', () => {
    const signature = Uint8Array.of(1, 2, 255)
    const decoded = decodeToken(`${header}.${payload}.${toBase64url(signature)}`)
    expect(decoded).toEqual({
      header: { alg: 'RS256', kid: 'a' },
      payload: { sub: 'Łukasz' },
      signature,
    })
  })

  it('says how many parts there are when there are not three', () => {
    expect(codeOf('')).toBe('ERR_TOKEN_PARTS')
    expect(codeOf(`${header}.${payload}`)).toBe('ERR_TOKEN_PARTS')
    expect(codeOf(`${header}.${payload}.AA.AA`)).toBe('ERR_TOKEN_PARTS')
    expect(() => decodeToken('a.b.c.d.e')).toThrow(/five parts: it is encrypted/)
  })

  it.each([
    ['Bearer in front', `Bearer ${header}.${payload}.AA`],
    ['a quote', `"${header}.${payload}.AA"`],
    ['a line break', `${header}.${payload}.AA\n`],
    ['padding', `${header}.${payload}.AA==`],
    ['bits left over', `${header}.${payload}.AB`],
    ['the plain alphabet', `${header}.${payload}.+/`],
  ])('refuses %s as not canonical', (_, text) => {
    expect(codeOf(text)).toBe('ERR_TOKEN_BASE64URL')
  })

  it.each(['', 'null', '[]', '"a"', '1', '{', '{"a":1}x', '\ufeff{"a":1}', "{'a':1}"])(
    'refuses %j as header or payload',
    (json) => {
      expect(codeOf(`${part(json)}.${payload}.AA`)).toBe('ERR_TOKEN_JSON')
      expect(codeOf(`${header}.${part(json)}.AA`)).toBe('ERR_TOKEN_JSON')
    },
  )

  it('refuses bytes that are not UTF-8', () => {
    const bytes = toBase64url(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d))
    expect(codeOf(`${bytes}.${payload}.AA`)).toBe('ERR_TOKEN_JSON')
  })

  it('refuses more than 8192 characters before it reads any', () => {
    const rest = `${header}.${payload}.`
    expect(codeOf(rest + 'A'.repeat(8192 - rest.length))).not.toBe('ERR_TOKEN_SIZE')
    expect(codeOf(rest + 'A'.repeat(8193 - rest.length))).toBe('ERR_TOKEN_SIZE')
  })

  it('does not let a member of the token reach an object’s prototype', () => {
    const { payload: read } = decodeToken(`${header}.${part('{"__proto__":{"admin":true}}')}.AA`)
    expect(read.admin).toBeUndefined()
    expect(Object.prototype).not.toHaveProperty('admin')
  })
})
