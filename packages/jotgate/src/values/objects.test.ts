import { describe, expect, it } from 'vitest'
import { parseJsonObject } from './json-object.ts'
import { definedOf, isObject, ownMember } from './objects.ts'

describe('objects', () => {
  it('are told from arrays and null', () => {
    expect([{}, Object.create(null)].every(isObject)).toBe(true)
    expect([[], null, undefined, 'a', 1, () => 1].some(isObject)).toBe(false)
  })

  it('have members of their own only', () => {
    expect(ownMember({ a: 1 }, 'a')).toBe(1)
    expect(ownMember<unknown>({}, 'constructor')).toBeUndefined()
    expect(ownMember<unknown>({}, '__proto__')).toBeUndefined()
    expect(ownMember<unknown>(JSON.parse('{"__proto__":2}'), '__proto__')).toBe(2)
  })

  it('lose their undefined members, and no other', () => {
    expect(Object.keys(definedOf({ a: undefined, b: null, c: 0, d: '' }))).toEqual(['b', 'c', 'd'])
  })

  it('are parsed, and nothing else is', () => {
    expect(parseJsonObject('{"a":1}')).toEqual({ a: 1 })
    for (const text of ['[]', 'null', '"a"', '{', '']) expect(parseJsonObject(text)).toBeUndefined()
  })
})
