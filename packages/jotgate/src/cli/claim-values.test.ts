import { describe, expect, it } from 'vitest'
import { parseClaimValue } from './claim-values.ts'

describe('the value of --claim', () => {
  it.each([
    ['3', 3],
    ['-0.5', -0.5],
    ['1e3', 1000],
    ['true', true],
    ['false', false],
    ['["a","b"]', ['a', 'b']],
    ['[1, "a", true]', [1, 'a', true]],
    ['[]', []],
    ['"007"', '007'],
    ['"3"', '3'],
    ['"[draft]"', '[draft]'],
  ])('%s has the type that it has in JSON', (written, value) => {
    expect(parseClaimValue(written)).toEqual({ value })
  })

  it.each([
    'Sales',
    '007',
    '+3',
    '0x10',
    '1,5',
    '3 apples',
    'True',
    'nul',
    'NaN',
    'a=b',
    "it's",
    '',
    '-',
    '2026-11-22',
  ])('%j is not JSON, and so a string', (written) => {
    expect(parseClaimValue(written)).toEqual({ value: written })
  })

  it.each([
    ['[a,b]', /begins with \[ .*single quotes/],
    ['{a:1}', /begins with \{ /],
    ['"open', /begins with " /],
    ['["a",]', /begins with \[ /],
    ['null', /omit the claim/],
    ['{"a":1}', /its own claim/],
    ['[null]', /a list may hold/],
    ['[["a"]]', /a list may hold/],
    ['12345678901234567890', /loses digits/],
    ['[9007199254740992]', /loses digits/],
    ['1e400', /loses digits/],
  ])('%s is refused with what to do', (written, problem) => {
    expect(parseClaimValue(written)).toEqual({ problem: expect.stringMatching(problem) })
  })
})
