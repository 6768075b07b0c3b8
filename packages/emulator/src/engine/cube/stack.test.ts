import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arrayAt, isJsonObject, type JsonObject, objectsAt } from '../json.ts'
import {
  computeCube,
  dimension,
  makeContext,
  makeTable,
  measure,
  noSelections,
  toHyperCube,
  toStack,
} from '../testing/cube-input.ts'
import { toStackPage } from './stack.ts'

const table = makeTable(
  ['Region', 'Kind', 'Amount'],
  [
    ['North', 'tea', 1],
    ['North', 'ale', 2],
    ['South', 'tea', 9],
    ['South', 'rum', -4],
    ['East', 'ale', 4],
    [null, 'ale', 2],
  ],
)

/** The tree as nested arrays: text, then what is below; a leaf is its number. */
function nested(node: JsonObject): unknown {
  const below = objectsAt(node, 'qSubNodes')
  if (node.qType === 'V') return node.qValue
  return [node.qText ?? 'root', ...below.map(nested)]
}

function stacked(definition: JsonObject) {
  const layout = toHyperCube(
    computeCube({ qMode: 'K', ...definition }, makeContext(table)),
    noSelections,
  )
  const [page] = objectsAt(layout, 'qStackedDataPages')
  const [root] = objectsAt(page ?? {}, 'qData')
  return { layout, page: page ?? {}, root: root ?? {} }
}

const byName = { qSortByAscii: 1 }
const twoDimensions = {
  qDimensions: [dimension('Region', byName), dimension('Kind', byName)],
  qMeasures: [measure('Sum(Amount)', { qSortByNumeric: -1 })],
  qInitialDataFetch: [{ qWidth: 10, qHeight: 10 }],
}

describe('a stacked cube', () => {
  it('is a tree: the first dimension, below it the second, below that the measures', () => {
    const { root, page, layout } = stacked(twoDimensions)
    expect(nested(root)).toEqual([
      'root',
      ['East', ['ale', 4]],
      ['North', ['ale', 2], ['tea', 1]],
      ['South', ['rum', -4], ['tea', 9]],
      ['-', ['ale', 2]],
    ])
    expect(page.qArea).toEqual({ qLeft: 0, qTop: 0, qWidth: 2, qHeight: 4 })
    expect(layout).toMatchObject({ qMode: 'K', qSize: { qcx: 2, qcy: 4 }, qDataPages: [] })
    expect(layout.qDimensionInfo).toMatchObject([{ qCardinalities: { qHypercubeCardinal: 4 } }, {}])
  })

  it('sums what is positive and what is negative, for the axis', () => {
    const [, , south] = objectsAt(stacked(twoDimensions).root, 'qSubNodes')
    expect(south).toMatchObject({ qText: 'South', qMaxPos: 9, qMinNeg: -4 })
    expect(stacked(twoDimensions).root).toMatchObject({ qMaxPos: 18, qMinNeg: -4 })
  })

  it('sorts the first dimension by its own totals when a measure comes first', () => {
    const { root } = stacked({ ...twoDimensions, qInterColumnSortOrder: [2, 0, 1] })
    expect(nested(root)).toEqual([
      'root',
      ['South', ['tea', 9], ['rum', -4]],
      ['East', ['ale', 4]],
      ['North', ['ale', 2], ['tea', 1]],
      ['-', ['ale', 2]],
    ])
  })

  it('sorts the first dimension by value where that is asked for', () => {
    const names = (qSortbyYValue: number) =>
      objectsAt(stacked({ ...twoDimensions, qSortbyYValue }).root, 'qSubNodes').map(
        (node) => node.qText,
      )
    expect(names(-1)).toEqual(['South', 'East', 'North', '-'])
    expect(names(1)).toEqual(['-', 'North', 'East', 'South'])
  })

  it('puts several measures of one dimension side by side', () => {
    const { root, layout } = stacked({
      ...twoDimensions,
      qDimensions: [dimension('Kind', byName)],
      qMeasures: [measure('Sum(Amount)'), measure('Count(Region)')],
    })
    expect(nested(root)).toEqual(['root', ['ale', 8, 2], ['rum', -4, 1], ['tea', 10, 2]])
    expect(layout.qSize).toEqual({ qcx: 2, qcy: 3 })
  })

  it('sorts every level by its own totals, however deep', () => {
    const cell = fc.constantFrom('a', 'b', 'c')
    const row = fc.tuple(cell, cell, cell, fc.integer({ min: 0, max: 9 }))
    const total = (node: JsonObject): number =>
      node.qType === 'V'
        ? Number(node.qValue)
        : objectsAt(node, 'qSubNodes').reduce((sum, below) => sum + total(below), 0)
    const check = (node: JsonObject): void => {
      const below = objectsAt(node, 'qSubNodes')
      const totals = below.map(total)
      expect(totals).toEqual(totals.toSorted((left, right) => right - left))
      for (const each of below) check(each)
    }
    fc.assert(
      fc.property(fc.array(row, { minLength: 1 }), (rows) => {
        const random = makeTable(['x', 'y', 'z', 'n'], rows)
        const cube = computeCube(
          {
            qMode: 'K',
            qDimensions: [dimension('x'), dimension('y'), dimension('z')],
            qMeasures: [measure('Sum(n)', { qSortByNumeric: -1 })],
            qInterColumnSortOrder: [3, 0, 1, 2],
          },
          makeContext(random),
        )
        const page = { left: 0, top: 0, width: 9, height: 9 }
        const [root] = objectsAt(toStackPage(toStack(cube), page, noSelections, 999), 'qData')
        check(root ?? {})
        expect(total(root ?? {})).toBe(rows.reduce((sum, [, , , n]) => sum + n, 0))
      }),
    )
  })

  it('numbers its nodes, and each tells its parent', () => {
    const numbers = new Map<number, number>()
    const visit = (node: JsonObject): void => {
      numbers.set(Number(node.qNodeNr), Number(node.qParentNode))
      for (const below of arrayAt(node, 'qSubNodes')) if (isJsonObject(below)) visit(below)
    }
    visit(stacked(twoDimensions).root)
    expect([...numbers.keys()]).toEqual(Array.from({ length: 17 }, (_, number) => number))
    expect(numbers.get(0)).toBe(-1)
    for (const [number, parent] of numbers) expect(parent).toBeLessThan(number)
  })

  it('hands out pages of the first dimension, and fewer of it where cells would be too many', () => {
    const stack = toStack(computeCube({ ...twoDimensions, qMode: 'K' }, makeContext(table)))
    const page = { left: 0, top: 1, width: 10, height: 2 }
    const middle = toStackPage(stack, page, noSelections, 100)
    expect(middle).toMatchObject({ qArea: { qTop: 1, qHeight: 2 }, qData: [{ qUp: 1, qDown: 1 }] })
    const limited = toStackPage(stack, { ...page, top: 0, height: 10 }, noSelections, 3)
    expect(limited).toMatchObject({ qArea: { qHeight: 2 }, qData: [{ qUp: 0, qDown: 2 }] })
    const least = toStackPage(stack, page, noSelections, 0)
    expect(least).toMatchObject({ qArea: { qHeight: 1 } })
  })
})
