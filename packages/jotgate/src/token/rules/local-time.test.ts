import { expect, it } from 'vitest'
import { timeZoneOffset, withTimeZone } from './local-time.ts'

const hour = 3600

it.each([
  [2 * hour, 2],
  [-3 * hour, -3],
  [5.5 * hour, 5.5],
  [14 * hour, 14],
  [-11 * hour + 90, -11],
  [2 * hour - 90, 2],
  [0, 0],
  [5, 0],
  [-60, 0],
  [2 * hour + 91, 0],
  [2 * hour - 91, 0],
  [900, 0],
  [15 * hour, 0],
  [24 * hour, 0],
])('%d seconds are %d hours of a time zone', (seconds, hours) => {
  expect(timeZoneOffset(1e9 + seconds, 1e9)).toBeCloseTo(hours * hour, 9)
})

it('a missing timestamp is not off', () => {
  expect(timeZoneOffset(undefined, 1e9)).toBe(0)
})

it('a detail says by how much, and the hint is to use UTC', () => {
  expect(withTimeZone('It is late.', 0)).toBe('It is late.')
  expect(withTimeZone('It is late.', -3 * hour)).toMatchObject({
    detail: 'It is late. That is 3 hours behind UTC, the difference of a time zone.',
    hint: expect.stringContaining('use UTC'),
  })
  expect(withTimeZone('It is early.', 5.5 * hour)).toMatchObject({
    detail:
      'It is early. That is 5 hours and 30 minutes ahead of UTC, the difference of a time zone.',
  })
})
