import { describe, expect, it } from 'vitest'
import { readWholeNumber } from './whole-number.ts'

const bounds = { min: 1, max: 60 }

describe('a whole number', () => {
  it.each([1, 30, 60])('takes %d, within both bounds', (value) => {
    expect(readWholeNumber('ttl', value, bounds)).toEqual({ value })
  })

  it.each([0, 61, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '30', null, [30], undefined])(
    'refuses %o',
    (value) => {
      expect(readWholeNumber('ttl', value, bounds)).toEqual({
        problems: [{ option: 'ttl', problem: 'must be a whole number from 1 to 60' }],
      })
    },
  )

  it('falls back for an omitted value alone', () => {
    expect(readWholeNumber('ttl', undefined, { ...bounds, fallback: 5 })).toEqual({ value: 5 })
    expect(readWholeNumber('ttl', null, { ...bounds, fallback: 5 }).problems).toHaveLength(1)
  })

  it('names the unit', () => {
    const { problems } = readWholeNumber('ttl', 0, { ...bounds, unit: 'seconds' })
    expect(problems?.[0].problem).toBe('must be a whole number of seconds from 1 to 60')
  })
})
