import { expect, it } from 'vitest'
import { createBelowBase } from './base-path.ts'

it.each([
  ['/jwt/hub/', '/hub/'],
  ['/jwt/', '/'],
  ['/jwt', undefined],
  ['/jwt2/hub/', undefined],
  ['/JWT/hub/', undefined],
  ['/hub/jwt/', undefined],
  ['/', undefined],
])('of %s below /jwt there is %s', (path, below) => {
  expect(createBelowBase('/jwt')(path)).toBe(below)
})

it('is the whole path where there is no prefix', () => {
  expect(createBelowBase('')('/jwt/hub/')).toBe('/jwt/hub/')
})
