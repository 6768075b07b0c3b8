import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseBase64url, parseUtf8, textToBase64url, toBase64url } from './base64url.ts'

const scale = Number(process.env.JOTGATE_TEST_SCALE ?? 1)

describe('base64url', () => {
  it('writes what Node writes and reads it back, for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const text = toBase64url(bytes)
        expect(text).toBe(Buffer.from(bytes).toString('base64url'))
        expect(parseBase64url(text)).toEqual(bytes)
      }),
    )
  })

  it('reads only the string that it would write itself', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'AQgw_-+/= \n9z'), maxLength: 9 }),
        (text) => {
          const bytes = parseBase64url(text)
          const canonical = Buffer.from(text, 'base64url').toString('base64url') === text
          expect(bytes !== undefined).toBe(canonical)
        },
      ),
      { numRuns: 2000 * scale },
    )
  })

  it.each(['YQ==', 'YQ=', 'Y+', 'Y/', 'YR', 'YWJ', 'A', ' YQ', 'YQ\n', 'Y Q', 'ÿÿ'])(
    'refuses %j',
    (text) => {
      expect(parseBase64url(text)).toBeUndefined()
    },
  )

  it('refuses bytes that are not UTF-8, and keeps a byte order mark', () => {
    expect(parseUtf8(Uint8Array.of(0xc3, 0x28))).toBeUndefined()
    expect(parseUtf8(Uint8Array.of(0xed, 0xa0, 0x80))).toBeUndefined()
    expect(parseUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\ufeffa')
    expect(parseUtf8(parseBase64url(textToBase64url('Łódź')) ?? new Uint8Array())).toBe('Łódź')
  })
})
