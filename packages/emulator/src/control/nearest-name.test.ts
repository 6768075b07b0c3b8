import { expect, it } from 'vitest'
import { nearestName } from './nearest-name.ts'

const names = ['preflight', 'webSocketRefusal', 'usersMeStatus']

it.each([
  ['preflght', 'preflight'],
  ['websocketrefusal', 'webSocketRefusal'],
  ['usersMe', 'usersMeStatus'],
])('%s is most like %s', (typed, nearest) => {
  expect(nearestName(typed, names)).toBe(nearest)
})

it('answers a very long name without long thought', () => {
  expect(names).toContain(nearestName('x'.repeat(1_000_000), names))
})
