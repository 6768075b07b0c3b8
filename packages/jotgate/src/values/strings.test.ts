import { describe, expect, it } from 'vitest'
import { joinWords, listNames, readString, stringProblem, trimEndOf } from './strings.ts'

describe('plain text', () => {
  it.each(['Ada', 'Åsa 🦊', 'a'.repeat(10)])('takes %s', (value) => {
    expect(readString('name', value, 10)).toEqual({ value })
  })

  it.each([
    [undefined, 'is missing'],
    [null, 'must be a string, not null'],
    [5, 'must be a string, not a number'],
    [['a'], 'must be a string, not an array'],
    ['', 'is empty'],
    [' \n', 'is empty'],
    ['a'.repeat(11), 'is longer than 10 characters'],
    ['a\ud800', 'contains half of a surrogate pair'],
    ['a\nb', 'contains a control character'],
    ['a\u0085b', 'contains a control character'],
  ])('refuses %j', (value, problem) => {
    expect(stringProblem(value, 10)).toBe(problem)
    expect(readString('name', value, 10)).toEqual({ problems: [{ option: 'name', problem }] })
  })
})

describe('the end of a string', () => {
  it('loses the characters, however many there are, and nothing else', () => {
    expect(trimEndOf('a/b//', '/')).toBe('a/b')
    expect(trimEndOf('===', '=')).toBe('')
    expect(trimEndOf('a', '=')).toBe('a')
  })

  it('is found in one pass, whatever stands before it', () => {
    const text = `${'='.repeat(65_536)}a`
    const start = process.cpuUsage()
    for (let round = 0; round < 100; round += 1) expect(trimEndOf(text, '=')).toBe(text)
    // A regular expression takes seconds for one of them.
    expect(process.cpuUsage(start).user).toBeLessThan(1_000_000)
  })
})

describe('words', () => {
  it('are joined as prose', () => {
    expect(joinWords([])).toBe('')
    expect(joinWords(['a'])).toBe('a')
    expect(joinWords(['a', 'b'])).toBe('a and b')
    expect(joinWords(['a', 'b', 'c'], 'or')).toBe('a, b or c')
    expect(listNames(['a', 'b'])).toBe('`a` and `b`')
  })
})
