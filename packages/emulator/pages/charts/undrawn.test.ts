import { expect, it } from 'vitest'
import { chartTypes } from './chart-types.ts'
import { findUndrawn } from './undrawn.ts'

it('says nothing of the charts that are drawn', () => {
  for (const { name } of chartTypes) expect(findUndrawn(name)).toBeUndefined()
})

it.each([
  ['sn-pivot-table', 'sn-pivot-table is not in the emulator', 'qMode P'],
  ['scatterplot', 'scatterplot is not in the emulator', 'GetHyperCubeBinnedData'],
  ['map', 'map is not in the emulator', 'layers'],
  ['treemap', 'treemap is not in the emulator', 'bar, line and pie charts'],
  ['constructor', 'constructor is not in the emulator', 'bar, line and pie charts'],
  ['', 'An object without a type is not in the emulator', 'bar, line and pie charts'],
])('says why %j is not drawn', (type, title, reason) => {
  expect(findUndrawn(type)).toEqual({ title, detail: expect.stringContaining(reason) })
})
