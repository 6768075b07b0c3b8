import { describe, expect, it } from 'vitest'
import { chartTypes } from './chart-types.ts'
import { findUncomputed, findUndrawn } from './undrawn.ts'

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

describe('the columns of a chart', () => {
  const good = { qFallbackTitle: 'Films' }
  const bad = (qErrorCode: number, qContext?: string) => ({
    qFallbackTitle: 'Gross',
    qError: { qErrorCode, ...(qContext !== undefined && { qContext }) },
  })

  it('that are not computed are named, with the reason', () => {
    const qHyperCube = {
      qDimensionInfo: [bad(7000)],
      qMeasureInfo: [good, bad(7000, 'set analysis is not supported')],
    }
    expect(findUncomputed({ qHyperCube })).toEqual({
      title: 'A part of this chart is not computed',
      detail: 'Gross: error 7000. Gross: set analysis is not supported.',
    })
  })

  it.each([
    ['there is no cube', {}],
    ['all are computed', { qHyperCube: { qDimensionInfo: [good], qMeasureInfo: [good] } }],
    ['one is left out by its condition', { qHyperCube: { qMeasureInfo: [bad(7005, 'no')] } }],
    ['the cube says why itself', { qHyperCube: { qError: {}, qMeasureInfo: [bad(7000)] } }],
  ])('are not mentioned when %s', (_case, layout) => {
    expect(findUncomputed(layout)).toBeUndefined()
  })
})
