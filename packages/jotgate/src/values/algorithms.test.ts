import { expect, it } from 'vitest'
import { algorithmNames, algorithms, algorithmsOf, isSigningAlgorithm } from './algorithms.ts'

it('has the hash of each algorithm (RFC 7518 section 3.3)', () => {
  expect(Object.entries(algorithms).map(([name, { hash }]) => [name, hash])).toEqual([
    ['RS256', 'SHA-256'],
    ['RS384', 'SHA-384'],
    ['RS512', 'SHA-512'],
  ])
  expect(algorithmNames).toBe('RS256, RS384 or RS512')
})

it('knows which of them a product takes', () => {
  expect(algorithmsOf('cloud')).toEqual(['RS256'])
  expect(algorithmsOf('client-managed')).toEqual(['RS256', 'RS384', 'RS512'])
})

it.each(['none', 'HS256', 'ES256', 'PS256', 'rs256', 'constructor', '', null, ['RS256']])(
  'is not %o',
  (value) => {
    expect(isSigningAlgorithm(value)).toBe(false)
  },
)
