import { expect, it } from 'vitest'
import { timesOf } from './claim-times.ts'

it('reads the claims that are times, in their order, and leaves out what is none', () => {
  const claims = { exp: 1_700_000_060, iat: 1_700_000_000.9, nbf: '1700000000', sub: 5 }
  expect(timesOf(claims)).toEqual([
    ['iat', '2023-11-14 22:13:20 UTC'],
    ['exp', '2023-11-14 22:14:20 UTC'],
  ])
})

it('shows no time for a number that is not a date', () => {
  expect(timesOf({ iat: 1e300, nbf: Number.NaN, exp: -8.64e12 })).toEqual([
    ['exp', '-271821-04-20 00:00:00 UTC'],
  ])
})
