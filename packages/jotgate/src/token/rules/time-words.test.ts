import { expect, it } from 'vitest'
import { distanceInWords, durationInWords, timeInWords } from './time-words.ts'

it.each([
  [0, '0 seconds'],
  [1, '1 second'],
  [60, '1 minute'],
  [3661, '1 hour and 1 minute'],
  [86_400, '1 day'],
  [365 * 86_400 + 3, '365 days and 3 seconds'],
  [1e9, '11,574 days and 1 hour'],
])('%d seconds are %s', (seconds, words) => {
  expect(durationInWords(seconds)).toBe(words)
})

it('a distance has a direction', () => {
  expect([-61, 0, 0.4, 5].map(distanceInWords)).toEqual([
    '1 minute and 1 second ago',
    'now',
    'now',
    'in 5 seconds',
  ])
})

it('a time is written as a date and a distance', () => {
  expect(timeInWords(1_767_225_655, 1_767_225_600)).toBe('2026-01-01 00:00:55 UTC, in 55 seconds')
  expect(timeInWords(0.25, 0)).toBe('1970-01-01 00:00:00 UTC, now')
  expect(timeInWords(1e15, 0)).toBe('beyond every calendar')
})
