import { expect, it } from 'vitest'
import { finish } from '../slices.ts'
import {
  computeCube,
  dimension,
  makeContext,
  makeTable,
  measure,
  noSelections,
} from '../testing/cube-input.ts'
import { toCsvText } from './csv-text.ts'

it('writes titles and rows in the order of the columns, and quotes what needs it', () => {
  const table = makeTable(
    ['City', 'Amount'],
    [
      ['Ulm, "old"', 5],
      ['Kiel', 3],
    ],
  )
  const definition = {
    qDimensions: [dimension('City')],
    qMeasures: [measure('Sum(Amount)')],
    qColumnOrder: [1, 0],
  }
  const cube = computeCube(definition, makeContext(table))
  expect(finish(toCsvText(cube, noSelections, ','))).toBe(
    'Sum(Amount),City\r\n5,"Ulm, ""old"""\r\n3,Kiel\r\n',
  )
  expect(finish(toCsvText(cube, noSelections, '\t'))).toContain('\r\n3\tKiel\r\n')
})
