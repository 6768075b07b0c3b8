import { expect, it } from 'vitest'
import { toTarget } from './target.ts'

const drop = new Set(['qlik-csrf-token', 'accesstoken'])

it.each([
  ['/a', '', {}, '/a'],
  ['/a', '?b=1&c=%2F+d', {}, '/a?b=1&c=%2F+d'],
  ['/a', '?qlik-csrf-token=x', {}, '/a'],
  ['/a', '?b=1&qlik-csrf-token=x&c=2&qlik-csrf-token', {}, '/a?b=1&c=2'],
  ['/a', '?Qlik%2DCSRF-Token=x&ACCESSTOKEN=y&%61ccessToken=z&+accessToken=a', {}, '/a'],
  ['/a', '?xrfkey=client&b=1', { xrfkey: 'own key&' }, '/a?b=1&xrfkey=own%20key%26'],
  ['/a', '?b=%zz&%=1', {}, '/a?b=%zz&%=1'],
])('makes the target of %s%s', (path, query, add, target) => {
  expect(toTarget(path, query, { drop, add })).toBe(target)
})
