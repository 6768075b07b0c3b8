import { expect, it } from 'vitest'
import { escapeForTerminal } from './printable.ts'

it.each([
  ['\u001b]0;x\u0007', '\\u001b]0;x\\u0007'],
  ['a\nb\tc\rd', 'a\\u000ab\\u0009c\\u000dd'],
  ['\u007f\u009b31m', '\\u007f\\u009b31m'],
  ['\u202eoof\u2066\u2069\u200e\u200f\u061c', '\\u202eoof\\u2066\\u2069\\u200e\\u200f\\u061c'],
  ['a\u2028b\u2029', 'a\\u2028b\\u2029'],
  ['\ud83e\udd8a \ud83e \udd8a', '\ud83e\udd8a \\ud83e \\udd8a'],
  ['Åsa “مرحبا” 日本', 'Åsa “مرحبا” 日本'],
  ['\u200d\ufe0f', '\u200d\ufe0f'],
])('escapes %j', (text, escaped) => {
  expect(escapeForTerminal(text)).toBe(escaped)
})

it('keeps line breaks and tabs of text that has lines', () => {
  expect(escapeForTerminal('a\n\tb\r\u001b', { keepLines: true })).toBe('a\n\tb\\u000d\\u001b')
})

it('treats each ASCII character alike, alone and beside one that is escaped', () => {
  for (let code = 0; code < 128; code += 1) {
    const character = String.fromCharCode(code)
    for (const keepLines of [false, true]) {
      const alone = escapeForTerminal(character, { keepLines })
      expect(escapeForTerminal(`${character}\u202e`, { keepLines })).toBe(`${alone}\\u202e`)
    }
  }
})

it('does not change what JSON means', () => {
  const value = { '\u202e\u009b': ['\u2028\u007f', 'ö\ud83e\udd8a'] }
  const escaped = escapeForTerminal(JSON.stringify(value, null, 2), { keepLines: true })
  expect(escaped).toMatch(/^[\n -~ö\u{1f98a}]*$/u)
  expect(JSON.parse(escaped)).toEqual(value)
})
