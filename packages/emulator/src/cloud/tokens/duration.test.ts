import { expect, it } from 'vitest'
import { parseDuration } from './duration.ts'

it.each([
  ['PT24H', 86_400],
  ['P365D', 31_536_000],
  ['P1DT2H3M4S', 93_784],
  ['PT0S', 0],
])('%s is %d seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds)
})

it.each(['', 'P', 'PT', 'P1DT', '24H', 'PT-1H', 'PT1.5H', 'P1Y', ' PT1H', 24, null])(
  '%j is not a duration',
  (value) => {
    expect(parseDuration(value)).toBeUndefined()
  },
)
