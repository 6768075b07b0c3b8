import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../json.ts'
import {
  computeCube,
  cubeTexts,
  dimension,
  makeContext,
  makeTable,
  measure,
  noSelections,
} from '../testing/cube-input.ts'
import { toDataPage } from './hypercube.ts'

const table = makeTable(
  ['City', 'Buyer', 'Amount'],
  [
    ['Ulm', 'ada', 10],
    ['Kiel', 'bob', 7],
    ['Bonn', 'ada', 4],
    ['Bonn', 'eve', null],
    ['Köln', 'ada', 2],
    [null, 'bob', 1],
  ],
)

function pie(spec: JsonObject, measures = [measure('Sum(Amount)', { qSortByNumeric: -1 })]) {
  return {
    qDimensions: [
      dimension('City', {}, { qOtherTotalSpec: { qOtherMode: 'OTHER_COUNTED', ...spec } }),
    ],
    qMeasures: measures,
    qInterColumnSortOrder: [1, 0],
  }
}

describe('a limit on the values of a dimension', () => {
  it('keeps the largest and folds all the rest, null with it, into one row at the end', () => {
    expect(cubeTexts(table, pie({ qOtherCounted: { qv: '2' } }))).toEqual([
      ['Ulm', '10'],
      ['Kiel', '7'],
      ['Others', '7'],
    ])
  })

  it('evaluates the rest over its rows: averages and distinct counts are not added up', () => {
    const measures = ['Sum(Amount)', 'Avg(Amount)', 'Count(distinct Buyer)'].map((text) =>
      measure(text),
    )
    expect(cubeTexts(table, pie({ qOtherCounted: { qv: '=1+1' } }, measures)).at(-1)).toEqual([
      'Others',
      '7',
      String(Number((7 / 3).toPrecision(14))),
      '3',
    ])
  })

  it('marks the row as no value that could be selected, under the label that was given', () => {
    const definition = pie({ qOtherCounted: { qv: '1' } })
    const [first] = definition.qDimensions
    const labelled = { ...definition, qDimensions: [{ ...first, qOtherLabel: { qv: 'Rest' } }] }
    const cube = computeCube(labelled, makeContext(table))
    const page = toDataPage(cube, { left: 0, top: 1, width: 1, height: 1 }, noSelections)
    expect(page.qMatrix).toEqual([
      [{ qText: 'Rest', qNum: 'NaN', qElemNumber: -3, qState: 'L', qIsOtherCell: true }],
    ])
  })

  it('leaves the rest out where it is suppressed, and keeps the smallest where asked', () => {
    expect(cubeTexts(table, pie({ qOtherCounted: { qv: '1' }, qSuppressOther: true }))).toEqual([
      ['Ulm', '10'],
    ])
    const smallest = { qOtherCounted: { qv: '1' }, qOtherSortMode: 'OTHER_SORT_ASCENDING' }
    expect(cubeTexts(table, pie(smallest))[0]).toEqual(['-', '1'])
  })

  it('changes nothing when there are no more values than allowed', () => {
    const rows = cubeTexts(table, pie({ qOtherCounted: { qv: '5' } }))
    expect(rows).toHaveLength(5)
    expect(rows.flat()).not.toContain('Others')
  })

  it('answers an error for modes that are not built', () => {
    const limited = pie({ qOtherMode: 'OTHER_REL_LIMITED' })
    expect(computeCube(limited, makeContext(table))).toMatchObject({
      error: { code: 20, message: expect.stringContaining('OTHER_REL_LIMITED') },
      order: { length: 0 },
    })
    const counted = pie({ qOtherCounted: { qv: '2' } })
    const two = { ...counted, qDimensions: [...counted.qDimensions, dimension('Buyer')] }
    expect(computeCube(two, makeContext(table))).toMatchObject({ error: { code: 20 } })
  })
})
