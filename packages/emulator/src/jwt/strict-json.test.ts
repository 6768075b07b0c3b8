import { describe, expect, it } from 'vitest'
import { parseStrictObject } from './strict-json.ts'

const read = (text: string) => parseStrictObject(Buffer.from(text))

describe('strict JSON', () => {
  it('reads an object', () => {
    expect(read(' {"a": [1, {"b": "\\"}{:"}], "c": {"b": null}} ')).toEqual({
      object: { a: [1, { b: '"}{:' }], c: { b: null } },
    })
  })

  it('lets the same name stand in two objects, and as name and value', () => {
    expect(read('{"a":{"a":"a"},"b":[{"a":1},{"a":2}]}')).toHaveProperty('object')
  })

  it.each([
    ['{"sub":"a","sub":"b"}', 'the member sub stands twice'],
    ['{"sub":"a","\\u0073ub":"b"}', 'the member sub stands twice'],
    ['{"sub" : "a", "x": {"y": 1}, "sub"\t:"b"}', 'the member sub stands twice'],
    ['{"a":{"b":1,"b":1}}', 'the member b stands twice'],
    ['{"a":[{"b":1,"b":1}]}', 'the member b stands twice'],
    ['{"__proto__":1,"__proto__":2}', 'the member __proto__ stands twice'],
    ['{"a":1}x', 'not JSON'],
    ['{"a":1}{}', 'not JSON'],
    ['\uFEFF{"a":1}', 'not JSON'],
    ["{'a':1}", 'not JSON'],
    ['{"a":1,}', 'not JSON'],
    ['', 'not JSON'],
    ['[]', 'not a JSON object'],
    ['null', 'not a JSON object'],
    ['"{}"', 'not a JSON object'],
    [`{"a":${'['.repeat(40)}${']'.repeat(40)}}`, 'nested deeper than 32'],
  ])('refuses %s', (text, flaw) => {
    expect(read(text)).toEqual({ flaw })
  })

  it('refuses bytes that are not UTF-8', () => {
    expect(parseStrictObject(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]))).toEqual({
      flaw: 'not UTF-8',
    })
  })

  it('answers a very deep text without falling over', () => {
    const deep = 100_000
    expect(read(`{"a":${'['.repeat(deep)}${']'.repeat(deep)}}`)).toHaveProperty('flaw')
  })
})
