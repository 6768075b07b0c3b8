import { describe, expect, it } from 'vitest'
import { textProblem } from './text-problem.ts'

describe('the check of plain text', () => {
  it('takes names of every script, with blanks and marks inside', () => {
    for (const text of [
      'Ada',
      'O’Brien-Łukasz',
      '山田 太郎',
      'عمر',
      'e\u0301',
      '👩‍🚀',
      'a'.repeat(256),
    ])
      expect(textProblem(text, 256)).toBeUndefined()
  })

  it.each([
    [undefined, 'must be a string, not left out'],
    [null, 'must be a string, not null'],
    [42, 'must be a string, not of type number'],
    [['a'], 'must be a string, not an array'],
    ['', 'is empty'],
    [' \u00a0\t', 'is empty'],
    ['abcdef', 'is longer than 5 characters'],
    ['a\ud800', 'holds half of a surrogate pair'],
    ['\udc00b', 'holds half of a surrogate pair'],
    ['a\nb', 'holds a control character'],
    ['a\u0000', 'holds a control character'],
    ['a\u007f', 'holds a control character'],
    ['a\u0085b', 'holds a control character'],
  ])('says of %j that it %s', (value, problem) => {
    expect(textProblem(value, 5)).toBe(problem)
  })
})
