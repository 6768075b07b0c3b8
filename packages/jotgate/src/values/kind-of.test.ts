import { expect, it } from 'vitest'
import { kindOf } from './kind-of.ts'

it.each([
  [null, 'null'],
  [undefined, 'undefined'],
  [[], 'an array'],
  [' ', 'an empty string'],
  ['secret', 'a string'],
  [1, 'a number'],
  [1n, 'a bigint'],
  [true, 'a boolean'],
  [{}, 'an object'],
  [() => 1, 'a function'],
  [Symbol('s'), 'a symbol'],
])('names the kind of %o', (value, kind) => {
  expect(kindOf(value)).toBe(kind)
})
