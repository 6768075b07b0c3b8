import fc from 'fast-check'
import { expect, it } from 'vitest'
import { findJsonFault } from './json-fault.ts'

const scale = Number(process.env.JOTGATE_TEST_SCALE ?? 1)

it.each([
  ['[1,]', 3],
  ['{"a":}', 5],
  ['{"a" 1}', 5],
  ['{a:1}', 1],
  ['[1 2]', 3],
  ['[1', 2],
  ['', 0],
  ['[1]]', 3],
  ['[01]', 2],
  ['"\t"', 0],
  ['{"a":1,}', 7],
  ['[nul]', 1],
])('finds the fault of %j at %d', (text, position) => {
  expect(findJsonFault(text)).toBe(position)
})

it('agrees with JSON.parse on what is JSON', () => {
  const piece = fc.constantFrom(
    ...['{', '}', '[', ']', ',', ':', '"a"', '1', 'null', ' ', '-', 'x'],
  )
  const isJson = (text: string): boolean => {
    try {
      JSON.parse(text)
      return true
    } catch {
      return false
    }
  }
  const texts = fc.oneof(
    fc.json(),
    fc.array(piece, { maxLength: 9 }).map((all) => all.join('')),
  )
  fc.assert(
    fc.property(texts, (text) => {
      expect(findJsonFault(text) === undefined).toBe(isJson(text))
    }),
    { numRuns: 1000 * scale },
  )
})
