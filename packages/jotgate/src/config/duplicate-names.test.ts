import { expect, it } from 'vitest'
import { duplicateNames } from './duplicate-names.ts'

it.each([
  ['{"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}]}', []],
  ['{"a":1,"a":2}', ['a: stands twice']],
  ['{"a":1,"\\u0061":2,"a":3}', ['a: stands twice']],
  ['{"x":{"prod":{},"q":"\\"prod\\":","prod":{}}}', ['x.prod: stands twice']],
  ['{"x":{"k":{"file":"a","file":"b"}},"x":1}', ['x.k.file: stands twice', 'x: stands twice']],
  ['{"x":{"__proto__":{}}}', ['x.__proto__: cannot be a name']],
  ['{"a":["b","b"],"b":"a"}', []],
])('%s', (text, problems) => {
  expect(duplicateNames(text)).toEqual(problems)
})

it('looks once at each sign, however deep objects lie in one another', () => {
  const depth = 400_000
  expect(duplicateNames(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`)).toEqual([])
})
