import { expect, it } from 'vitest'
import { surveyJson } from './json-survey.ts'

it.each([
  ['{}', []],
  ['{"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}]}', []],
  ['{"a":1,"a":2}', [['a']]],
  ['{"a":1,"\\u0061":2,"a":3}', [['a']]],
  ['{"x":[0,{},{"a":1,"b":{"c":1,"c":2}}]}', [['x', 2, 'b', 'c']]],
  ['{"a":"{\\"b\\":1,\\"b\\":2}","b":["a","a"]}', []],
  [
    '[{"a":1,"a":1},{"a":1,"a":1}]',
    [
      [0, 'a'],
      [1, 'a'],
    ],
  ],
])('finds names that occur twice in one object: %s', (text, duplicates) => {
  JSON.parse(text)
  expect(surveyJson(text).duplicates).toEqual(duplicates)
})

it.each([
  ['0', 0],
  ['{}', 1],
  ['[[],[{"a":[]}]]', 4],
])('measures how deep %s is', (text, depth) => {
  expect(surveyJson(text).depth).toBe(depth)
})

it('finds members called __proto__, however that is written', () => {
  expect(surveyJson('{"a":{"__proto__":{}},"\\u005f_proto__":1}').prototypes).toEqual([
    ['a', '__proto__'],
    ['__proto__'],
  ])
})

it.each([
  ['[9007199254740991,-1.5e3,0.1]', 0],
  ['[9007199254740993,1e400,-9007199254740993]', 3],
  ['{"9007199254740993":"9007199254740993"}', 0],
])('counts numbers that readers may read differently: %s', (text, count) => {
  expect(surveyJson(text).unsafeNumbers).toBe(count)
})

it('stays fast and its paths short, however deep a text is', () => {
  const depth = 5000
  const text = `${'{"a":1,"a":'.repeat(depth)}{"b":1,"b":2}${'}'.repeat(depth)}`
  const start = process.cpuUsage()
  const { duplicates } = surveyJson(text)
  expect(process.cpuUsage(start).user).toBeLessThan(1_000_000)
  expect(Math.max(...duplicates.map(({ length }) => length))).toBe(32)
  expect(new Set(duplicates.map((path) => path.at(-1)))).toEqual(new Set(['a', 'b']))
})
