import { expect, it } from 'vitest'
import { isTimeZoneOff } from './local-time.ts'

const hour = 3600

it.each([2 * hour, -3 * hour, 5.5 * hour, 14 * hour, -11 * hour + 90, 2 * hour - 90])(
  '%d seconds are the difference of a time zone',
  (seconds) => {
    expect(isTimeZoneOff(1e9 + seconds, 1e9)).toBe(true)
  },
)

it.each([0, 5, -60, 90, 2 * hour + 91, 2 * hour - 91, 900, 15 * hour, 24 * hour])(
  '%d seconds are not',
  (seconds) => {
    expect(isTimeZoneOff(1e9 + seconds, 1e9)).toBe(false)
  },
)

it('nothing is off where there is no timestamp', () => {
  expect(isTimeZoneOff(undefined, 1e9)).toBe(false)
})
