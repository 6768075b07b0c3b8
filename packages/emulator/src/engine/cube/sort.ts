import type { Field } from '../data/table.ts'
import { evaluateInSteps, type GroupedRows } from '../expression/evaluate.ts'
import { parseExpression } from '../expression/parse.ts'
import { toNumber, toText, type Value } from '../expression/value.ts'
import { arrayAt, type JsonObject, numberAt, objectAt, textAt } from '../json.ts'
import { type Steps, sortInSteps } from '../slices.ts'
import { othersElement } from './cells.ts'
import type { Cube, CubeContext } from './cube.ts'

/** Compares two groups or elements by their number. */
export type Compare = (left: number, right: number) => number

/** The columns in the order that they sort by: the one asked for, then those that it leaves out. */
export function effectiveSortOrder(definition: JsonObject, columnCount: number): number[] {
  const asked = arrayAt(definition, 'qInterColumnSortOrder').filter(
    (column): column is number =>
      typeof column === 'number' && Number.isInteger(column) && column >= 0 && column < columnCount,
  )
  const all = Array.from({ length: columnCount }, (_, column) => column)
  return [...new Set([...asked, ...all])]
}

/** Which way a column sorts, as `qSortIndicator` tells it. */
export function sortIndicator(criteria: JsonObject): 'A' | 'D' | 'N' {
  for (const key of criteriaOrder) {
    const direction = numberAt(criteria, key)
    if (direction !== 0) return direction > 0 ? 'A' : 'D'
  }
  return 'N'
}

/** The criteria of one column from the strongest to the weakest. */
const criteriaOrder = [
  'qSortByState',
  'qSortByExpression',
  'qSortByFrequency',
  'qSortByNumeric',
  'qSortByAscii',
  'qSortByLoadOrder',
] as const

/** Puts groups in their order; what no criterion tells apart stays in load order. */
export function* sortRows(
  cube: Omit<Cube, 'order'>,
  groups: Int32Array,
  data: GroupedRows,
  context: CubeContext,
): Steps<Int32Array> {
  const comparisons: Compare[] = []
  for (const column of cube.sortOrder) {
    const isDimension = column < cube.dimensions.length
    const compares = isDimension
      ? yield* compareDimension(cube, column, data, context)
      : compareMeasure(cube, column, context)
    comparisons.push(...compares)
  }
  const [first] = cube.elements
  const isOthers = (group: number): number => (first?.[group] === othersElement ? 1 : 0)
  return yield* sortInSteps(groups, (left, right) => {
    const last = isOthers(left) - isOthers(right)
    if (last !== 0) return last
    for (const compare of comparisons) {
      const order = compare(left, right)
      if (order !== 0) return order
    }
    return left - right
  })
}

function compareMeasure(
  cube: Omit<Cube, 'order'>,
  column: number,
  context: CubeContext,
): Compare[] {
  const measure = cube.measures[column - cube.dimensions.length]
  if (measure === undefined) return []
  const { values, sortCriteria } = measure
  const numeric = numberAt(sortCriteria, 'qSortByNumeric')
  const text = numberAt(sortCriteria, 'qSortByAscii')
  return [
    ...(numeric === 0 ? [] : [byNumber((group) => toNumber(values[group] ?? null), numeric)]),
    ...(text === 0 ? [] : [byText((group) => toText(values[group] ?? null), text, context)]),
  ]
}

/** Sorts by ranks of elements, so that texts are compared once an element, not once a pair of rows. */
function* compareDimension(
  cube: Omit<Cube, 'order'>,
  column: number,
  data: GroupedRows,
  context: CubeContext,
): Steps<Compare[]> {
  const { field, sortCriteria: criteria = {} } = cube.dimensions[column] ?? {}
  const elements = cube.elements[column] ?? new Int32Array(0)
  if (field === undefined) return []
  const byExpression = yield* expressionOrder(
    criteria,
    elements,
    field.values.length,
    data,
    context,
  )
  const comparisons = elementComparisons(criteria, field, byExpression, context)
  if (comparisons.length === 0) return []
  const ranks = yield* rankElements(field.values.length, comparisons)
  const rank = (group: number): number => {
    const element = elements[group] ?? -1
    return element < 0 ? Number.NaN : (ranks[element] ?? 0)
  }
  return [byNumber(rank, 1)]
}

/** The comparisons of elements that the criteria of a dimension ask for; by state is the list's own. */
export function elementComparisons(
  criteria: JsonObject,
  field: Field,
  byExpression: ((element: number) => number) | undefined,
  context: Pick<CubeContext, 'compareText'>,
): Compare[] {
  return criteriaOrder.flatMap((key): Compare[] => {
    const direction = numberAt(criteria, key)
    if (direction === 0) return []
    switch (key) {
      case 'qSortByExpression':
        return byExpression === undefined ? [] : [byNumber(byExpression, direction)]
      case 'qSortByFrequency':
        return [byNumber((element) => field.frequencies[element] ?? 0, direction)]
      case 'qSortByNumeric':
        return [byNumber((element) => field.numbers[element] ?? Number.NaN, direction)]
      case 'qSortByAscii':
        return [byText((element) => field.values[element]?.text ?? null, direction, context)]
      case 'qSortByLoadOrder':
        return [(left, right) => (left - right) * Math.sign(direction)]
      default:
        return []
    }
  })
}

function* rankElements(count: number, comparisons: readonly Compare[]): Steps<Int32Array> {
  const compare: Compare = (left, right) => {
    for (const comparison of comparisons) {
      const order = comparison(left, right)
      if (order !== 0) return order
    }
    return 0
  }
  const sorted = yield* sortInSteps(
    Int32Array.from({ length: count }, (_, element) => element),
    (left, right) => compare(left, right) || left - right,
  )
  const ranks = new Int32Array(count)
  let rank = 0
  for (const [index, element] of sorted.entries()) {
    // Elements that no criterion tells apart share a rank, so that the next column decides.
    if (index > 0 && compare(sorted[index - 1] ?? 0, element) !== 0) rank += 1
    ranks[element] = rank
  }
  return ranks
}

/** The value of `qExpression` for each element of the dimension. */
function* expressionOrder(
  criteria: JsonObject,
  elements: Int32Array,
  elementCount: number,
  data: GroupedRows,
  context: CubeContext,
): Steps<((element: number) => number) | undefined> {
  const source = criteria.qExpression
  const text = typeof source === 'string' ? source : textAt(objectAt(criteria, 'qExpression'), 'qv')
  if (numberAt(criteria, 'qSortByExpression') === 0 || text === '') return undefined
  const groups = data.groups.map((group) => (elements[group] ?? -1) + 1)
  const values = yield* evaluateInSteps(parseExpression(context.expand(text)), {
    ...data,
    groups,
    groupCount: elementCount + 1,
  })
  return (element) => toNumber(values[element + 1] ?? null)
}

/** What has no number stands behind what has one, in both directions. */
export function byNumber(number: (index: number) => number, direction: number): Compare {
  const sign = Math.sign(direction)
  return (left, right) => {
    const a = number(left)
    const b = number(right)
    const isMissing = Number.isNaN(a)
    if (isMissing || Number.isNaN(b)) return isMissing === Number.isNaN(b) ? 0 : isMissing ? 1 : -1
    return (a - b) * sign
  }
}

function byText(
  text: (index: number) => string | null,
  direction: number,
  context: Pick<CubeContext, 'compareText'>,
): Compare {
  const sign = Math.sign(direction)
  return (left, right) => {
    const a: Value = text(left)
    const b: Value = text(right)
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
    return context.compareText(a, b) * sign
  }
}
