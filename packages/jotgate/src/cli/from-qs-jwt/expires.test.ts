import { expect, it } from 'vitest'
import { parseExpires } from './expires.ts'

it.each([
  ['60m', 3600],
  ['48h', 172_800],
  ['365d', 31_536_000],
  ['2 days', 172_800],
  ['1.5h', 5400],
  ['1y', 31_557_600],
  ['500ms', 0.5],
  ['3600', 3600],
  ['-1h', -3600],
])('%s is %d seconds', (text, seconds) => {
  expect(parseExpires(text)).toBeCloseTo(seconds)
})

it.each(['', 'h', '1x', '1h 2m', 'Infinity', '0x10'])('%j is of another form', (text) => {
  expect(parseExpires(text)).toBeUndefined()
})
