import { expect, it } from 'vitest'
import { rowsOf } from './chart-layout.ts'
import { toCube } from './films.ts'

it('asks for a field and an expression, the largest first, unknown ones left out', () => {
  const { qHyperCubeDef: cube } = toCube('Major Genre', 'Count([Title])', 20)
  expect(cube).toMatchObject({
    qDimensions: [{ qDef: { qFieldDefs: ['Major Genre'] }, qNullSuppression: true }],
    qMeasures: [
      {
        qDef: { qDef: '=Count([Title])', qLabel: 'Count([Title])' },
        qSortBy: { qSortByNumeric: -1 },
      },
    ],
    qInterColumnSortOrder: [1, 0],
    qInitialDataFetch: [{ qTop: 0, qLeft: 0, qWidth: 2, qHeight: 20 }],
  })
})

it('finds the rows of all pages of a layout, and none where there are none', () => {
  const row = (qText: string) => [{ qText }]
  const qDataPages = [{ qMatrix: [row('a')] }, {}, { qMatrix: [row('b'), row('c')] }]
  expect(rowsOf({ qHyperCube: { qDataPages } })).toEqual([row('a'), row('b'), row('c')])
  expect(rowsOf({})).toEqual([])
})
