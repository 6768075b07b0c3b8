import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isConditionProblem, parseCondition } from './parse-condition.ts'
import { compilePattern } from './pattern.ts'
import { filterNames, matchesWildcard } from './resource-filter.ts'
import { conditionLimits } from './tokens.ts'

describe('a condition that cannot be read', () => {
  it.each([
    ['user.name', 9, 'a comparison'],
    ['user.name = ', 12, 'name of a property'],
    ['user.name = "x', 12, 'not expected'],
    ['(user.name = "x"', 16, ') is expected'],
    ['user.name = "x")', 15, 'the end'],
    ['app.name = "x"', 0, 'neither user nor resource'],
    ['user.Reload()', 12, 'not a function'],
    ['user.HasPrivilege(read)', 18, 'double quotes'],
    ['user.roles = {"a",}', 18, 'double quotes'],
    ['user.name = "x" ; drop', 16, 'not expected'],
    [`${'('.repeat(conditionLimits.depth + 1)}`, conditionLimits.depth, 'nested'],
    [
      `user.name = "${'x'.repeat(conditionLimits.characters)}"`,
      conditionLimits.characters,
      'longer',
    ],
    ['!'.repeat(conditionLimits.tokens + 1), conditionLimits.tokens, 'parts'],
  ])('is told: example %#', (text, position, problem) => {
    const parsed = parseCondition(text)
    if (!isConditionProblem(parsed)) throw new TypeError('it was read')
    expect(parsed.problem).toContain(problem)
    expect(parsed.position).toBe(position)
  })
})

const pieces = [
  'user',
  'resource',
  '.',
  '@x',
  '"s"',
  '=',
  '!=',
  '(',
  ')',
  '!',
  'and',
  'or',
  'like',
  '{',
  '}',
  ',',
  'HasPrivilege',
  '("read")',
  ' ',
  '\n',
  '"',
  '\\',
  '💥',
  'not',
  '==',
  '&&',
  '||',
  'Empty()',
]

describe('hostile text', () => {
  it('is read or refused, and never throws', () => {
    const text = fc.oneof(
      fc.string(),
      fc.array(fc.constantFrom(...pieces)).map((all) => all.join('')),
    )
    fc.assert(
      fc.property(text, (condition) => {
        const parsed = parseCondition(condition)
        if (isConditionProblem(parsed))
          expect(parsed.position).toBeLessThanOrEqual(condition.length)
      }),
    )
  })

  it('as a pattern agrees with the regular expressions of the runtime where both read it', () => {
    const part = fc.constantFrom(
      'a',
      'b',
      '.',
      '(a|b)',
      '[ab]',
      '[^a]',
      'a*',
      'b+',
      'a?',
      '(ab)*',
      'a{1,2}',
      '|',
    )
    const subject = fc.array(fc.constantFrom('a', 'b', 'c')).map((letters) => letters.join(''))
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), subject, (parts, text) => {
        const pattern = parts.join('')
        const expected = new RegExp(`^(?:${pattern})$`).test(text)
        expect(compilePattern(pattern)?.matches(text), `${pattern} on ${text}`).toBe(expected)
      }),
    )
  })

  it('as a pattern costs no more than its length, and is refused where it would', () => {
    const evil = compilePattern('(a*)*(a|a)*b')
    expect(evil?.matches('a'.repeat(500))).toBe(false)
    expect(compilePattern('(((a{99}){99}){99}){99}')).toBeUndefined()
    expect(compilePattern('((((){999}){999}){999}){999}')).toBeUndefined()
    for (const wrong of ['(', ')', '[a', 'a{2,1}', '*', '\\', 'a**'])
      expect(compilePattern(wrong), wrong).toBeUndefined()
  })
})

describe('resource filters', () => {
  it.each([
    ['*', 'App', true],
    ['App_*', 'App', true],
    ['app_*', 'App', true],
    ['App_*', 'App.Object', false],
    ['App*', 'App.Object', true],
    ['Stream_*, App_1', 'App', true],
    ['App_2', 'App', false],
    ['', 'App', false],
  ])('%s names %s with the ID 1: %s', (filter, type, expected) => {
    expect(filterNames(filter, { type, id: '1' })).toBe(expected)
  })

  it('agree with a regular expression on any wildcards', () => {
    const letters = (...all: string[]) =>
      fc.array(fc.constantFrom(...all)).map((some) => some.join(''))
    fc.assert(
      fc.property(letters('a', 'b', '*'), letters('a', 'b'), (pattern, text) => {
        const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(text)
        expect(matchesWildcard(pattern, text), `${pattern} on ${text}`).toBe(expected)
      }),
    )
  })
})
