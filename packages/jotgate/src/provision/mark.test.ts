import { describe, expect, it } from 'vitest'
import { isSetupId, ownerOf, withMark, withoutMark } from './mark.ts'

const id = '5f2c90ab'

describe('the mark of a setup', () => {
  it('stands behind a text, once, and is found again', () => {
    expect(withMark('Portal', id)).toBe('Portal [jotgate 5f2c90ab]')
    expect(withMark(withMark('Portal', 'deadbeef'), id)).toBe('Portal [jotgate 5f2c90ab]')
    expect(withMark('', id)).toBe('[jotgate 5f2c90ab]')
    expect(withoutMark(withMark('Portal', id))).toBe('Portal')
  })

  it.each([
    ['Portal [jotgate 5f2c90ab]', 'this-setup'],
    ['Portal [jotgate 5f2c90ab] renamed behind it', 'this-setup'],
    ['Portal [jotgate deadbeef]', 'another-setup'],
    ['Portal', 'unmarked'],
    ['[jotgate ]', 'unmarked'],
    ['', 'unmarked'],
  ])('says of %j that it is %s', (text, owner) => {
    expect(ownerOf(text, id)).toBe(owner)
  })

  it('takes as an ID what a mark can hold', () => {
    expect(['5f2c90ab', 'a'.repeat(32)].every(isSetupId)).toBe(true)
    expect(['', '5f2c90a', 'A'.repeat(8), 'a b c d e', 'a'.repeat(33)].some(isSetupId)).toBe(false)
  })
})
