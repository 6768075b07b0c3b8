import { describe, expect, it } from 'vitest'
import { parsePointInTime } from './point-in-time.ts'

const read = (text: string) => parsePointInTime(text)?.toISOString()

describe('a point in time', () => {
  it.each([
    ['2026-01-31T09:30:00Z', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31T10:30:00+01:00', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31 09:30Z', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31T09:30:00.250Z', '2026-01-31T09:30:00.250Z'],
    ['2026-01-31Z', '2026-01-31T00:00:00.000Z'],
    ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    [' 1767225600 ', '2026-01-01T00:00:00.000Z'],
    ['0', '1970-01-01T00:00:00.000Z'],
  ])('is read: %s', (text, expected) => {
    expect(read(text)).toBe(expected)
  })

  it.each([
    '',
    'now',
    '2026-01-31T09:30:00',
    '2026-01-31',
    '2026-02-30T00:00:00Z',
    '2027-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-31T25:00:00Z',
    '1969-12-31T23:59:59Z',
    '1767225600000',
    '-5',
    '31.01.2026',
  ])('is not read: %s', (text) => {
    expect(read(text)).toBeUndefined()
  })
})
