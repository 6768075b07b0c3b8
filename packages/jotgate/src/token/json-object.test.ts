import { describe, expect, it } from 'vitest'
import { readJsonObject } from './json-object.ts'

const read = (text: string) => readJsonObject(new TextEncoder().encode(text))

describe('reading a JSON object strictly', () => {
  it('gives its value, and no flaw for a plain one', () => {
    expect(read('{"a":[1,-2.5e3,"x:{\\"y\\":1}"],"b":{"a":null}}')).toEqual({
      value: { a: [1, -2500, 'x:{"y":1}'], b: { a: null } },
      flaw: undefined,
      depth: 2,
      duplicates: [],
      unsafeNumbers: 0,
    })
  })

  it.each([
    ['', 'json'],
    ['{"a":1}x', 'json'],
    ['\ufeff{}', 'json'],
    ["{'a':1}", 'json'],
    ['[]', 'no-object'],
    ['null', 'no-object'],
    ['"a"', 'no-object'],
  ])('says what %j is instead', (text, flaw) => {
    expect(read(text)).toMatchObject({ value: undefined, flaw })
  })

  it('refuses bytes that are not UTF-8', () => {
    expect(readJsonObject(Uint8Array.of(0x7b, 0xff, 0x7d)).flaw).toBe('utf-8')
  })

  it.each([
    ['{"a":1,"a":2}', ['a']],
    ['{"a":1,"\\u0061":2}', ['a']],
    ['{"x":{"b":1,"b":2},"y":[{"c":1},{"c":2}]}', ['b']],
    ['{"a":"a","b":["a","a"]}', []],
    ['{"a":{"b":1},"b":2}', []],
    ['{"a":[{"b":1}],"b":2,"a":3}', ['a']],
    ['{"":1,"":2}', ['']],
    ['{"a" \n:1,"a"\t:2}', ['a']],
    ['{"__proto__":1,"__proto__":2}', ['__proto__']],
  ])('finds the repeated names in %s', (text, duplicates) => {
    expect(read(text).duplicates).toEqual(duplicates)
  })

  it.each([
    ['{"a":9007199254740991}', 0],
    ['{"a":9007199254740992}', 1],
    ['{"a":-1e16,"b":[1e999,1]}', 2],
    ['{"a":"9007199254740993"}', 0],
    ['{"a":1e-400}', 0],
  ])('counts the numbers that readers round in %s', (text, count) => {
    expect(read(text).unsafeNumbers).toBe(count)
  })

  it('accepts 32 levels and no more, and survives any number', () => {
    const nested = (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`
    expect(read(nested(32)).value).toBeDefined()
    expect(read(`{"a":[${'[],'.repeat(99)}[]]}`).flaw).toBeUndefined()
    expect(read(nested(33))).toMatchObject({ value: undefined, flaw: 'too-deep' })
    expect(read(nested(30_000)).flaw).toBe('too-deep')
  })
})
