import { describe, expect, it } from 'vitest'
import { makeTable } from '../testing/cube-input.ts'
import { previewTable } from './preview.ts'

const table = makeTable(
  ['City', 'Amount'],
  [
    ['Ulm', 1.5],
    [null, 2],
    ['Ulm', null],
  ],
)

describe('the preview of a table', () => {
  it('tells fields, counts and the first rows, with null for a missing value', () => {
    expect(previewTable(table, 2)).toMatchObject({
      rowCount: 3,
      fields: [
        { name: 'City', distinct: 1 },
        { name: 'Amount', distinct: 2, tags: ['$numeric'] },
      ],
      rows: [
        ['Ulm', '1.5'],
        [null, '2'],
      ],
    })
  })

  it.each([
    [99, 3],
    [0, 0],
    [-1, 0],
  ])('asked for %d rows it gives %d', (limit, count) => {
    expect(previewTable(table, limit).rows).toHaveLength(count)
  })
})
