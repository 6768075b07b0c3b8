import { describe, expect, it } from 'vitest'
import { decodeCanonicalBase64url, readTokenForm } from './token-form.ts'

/** Base64url of a text or of the JSON of a value. */
function encode(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return Buffer.from(text).toString('base64url')
}

describe('canonical base64url', () => {
  it.each(['', 'AA', 'AAA', 'AAAA', 'Zg', 'Zm8', '-_-_'])('takes %j', (text) => {
    expect(decodeCanonicalBase64url(text)?.toString('base64url')).toBe(text)
  })

  it.each([
    ['padding', 'Zg=='],
    ['a blank', 'Z g'],
    ['a line break', 'Zg\n'],
    ['the other alphabet', '+/+/'],
    ['bits beyond the last byte of one', 'Zh'],
    ['bits beyond the last byte of two', 'Zm9'],
    ['a lone character', 'Z'],
    ['a letter of another script', 'Zgа'],
  ])('refuses %s', (_, text) => {
    expect(decodeCanonicalBase64url(text)).toBeUndefined()
  })

  it('has one spelling for each of a byte’s values', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const spellings = [...alphabet].flatMap((first) =>
      [...alphabet].filter((second) => decodeCanonicalBase64url(first + second) !== undefined),
    )
    expect(spellings).toHaveLength(256)
  })
})

describe('the form of a token', () => {
  it('is header, payload and signature', () => {
    const form = readTokenForm(`${encode({ alg: 'RS256' })}.${encode({ sub: 'a' })}.AAAA`)
    expect(form).toEqual({
      header: { alg: 'RS256' },
      claims: { sub: 'a' },
      signedText: `${encode({ alg: 'RS256' })}.${encode({ sub: 'a' })}`,
      signature: Buffer.from([0, 0, 0]),
    })
  })

  it.each([
    ['', 'found 1'],
    ['..', 'the header: not JSON'],
    ['a.b', 'found 2'],
    ['....', 'found 5'],
    [`${encode('{"a":1}')}.${encode('[]')}.`, 'the payload: not a JSON object'],
    [JSON.stringify({ payload: encode({}), signatures: [] }), 'found 1'],
  ])('is not %j', (token, about) => {
    expect(readTokenForm(token)).toEqual({ flaw: expect.stringContaining(about) })
  })
})
