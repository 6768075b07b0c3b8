import { expect, it } from 'vitest'
import { nearestName } from './nearest-name.ts'

const names = ['issuer', 'lifetime', 'user-directory']

it.each([
  ['isuer', 'issuer'],
  ['ISSUER', 'issuer'],
  ['liftime', 'lifetime'],
  ['user-directroy', 'user-directory'],
])('%s was probably meant as %s', (typed, meant) => {
  expect(nearestName(typed, names)).toBe(meant)
})

it('guesses nothing when no name is similar', () => {
  expect(nearestName('banana', names)).toBeUndefined()
  expect(nearestName('', [])).toBeUndefined()
})

it('compares no names whose lengths are too different, however long they are', () => {
  const start = performance.now()
  expect(nearestName('x'.repeat(64), ['y'.repeat(900_000)])).toBeUndefined()
  // At once; comparing them took more than ten seconds.
  expect(performance.now() - start).toBeLessThan(2000)
})
