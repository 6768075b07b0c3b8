import { expect, it } from 'vitest'
import { shortened } from './shortened.ts'

it('names that a server chose are few and short', () => {
  const names = Array.from({ length: 10_000 }, (_, at) => `${at} ${'x'.repeat(10_000)}`)
  const told = shortened(names)
  expect(told).toHaveLength(21)
  expect(told.at(-1)).toBe('and 9980 more')
  expect(told.join('; ').length).toBeLessThan(4000)
  expect(shortened(['a', 'b'])).toEqual(['a', 'b'])
})
