import { evaluateInSteps, type GroupedRows } from '../expression/evaluate.ts'
import { toNumber } from '../expression/value.ts'
import { isTrueAt, type JsonObject, objectAt, textAt } from '../json.ts'
import { type Steps, sortInSteps } from '../slices.ts'
import { othersElement } from './cells.ts'
import type { Cube, CubeMeasure } from './cube.ts'
import { type ColumnError, columnErrorCodes, type DimensionDefinition } from './definition.ts'
import { byNumber } from './sort.ts'

/** How a dimension is limited to its largest values. */
export interface OthersRule {
  readonly count: number
  readonly isShown: boolean
  readonly isAscending: boolean
}

/**
 * Reads `qOtherTotalSpec`. A fixed number of values of a lone dimension is built, as pie charts ask;
 * other modes are an error, since leaving values in would be another chart.
 */
export function readOthersRule(
  dimension: DimensionDefinition,
  dimensionCount: number,
  numberOf: (text: string) => number,
): OthersRule | ColumnError | undefined {
  const spec = objectAt(dimension.source, 'qOtherTotalSpec')
  const mode = textAt(spec, 'qOtherMode', 'OTHER_OFF')
  if (mode === 'OTHER_OFF') return undefined
  const isBuilt = mode === 'OTHER_COUNTED' && dimensionCount === 1
  const count = isBuilt ? numberOf(expressionText(spec, 'qOtherCounted')) : Number.NaN
  if (!(count >= 0)) {
    const what = isBuilt
      ? 'this qOtherCounted'
      : `qOtherMode "${mode}" of ${dimensionCount} dimensions`
    const message = `${what} is not supported by the jotgate emulator`
    return { code: columnErrorCodes.notImplemented, message }
  }
  return {
    count: Math.trunc(count),
    isShown: !isTrueAt(spec, 'qSuppressOther'),
    isAscending: textAt(spec, 'qOtherSortMode') === 'OTHER_SORT_ASCENDING',
  }
}

/** Both forms are sent: the text itself, and `{ qv: text }`. */
function expressionText(object: JsonObject, key: string): string {
  const value = object[key]
  return typeof value === 'string' ? value : textAt(objectAt(object, key), 'qv')
}

/**
 * Folds the groups behind the first `count` into one more group. Its measures are evaluated again
 * over all of its rows: an average or a distinct count cannot be added up from those of its parts.
 */
export function* foldOthers(
  cube: Omit<Cube, 'order'>,
  kept: Int32Array,
  rule: OthersRule,
  data: GroupedRows,
): Steps<{ cube: Omit<Cube, 'order'>; kept: Int32Array }> {
  const values = cube.measures[0]?.values ?? []
  const compare = byNumber((group) => toNumber(values[group] ?? null), rule.isAscending ? 1 : -1)
  const ranked = yield* sortInSteps(kept, (left, right) => compare(left, right) || left - right)
  const first = new Set(ranked.subarray(0, rule.count))
  const shown = kept.filter((group) => first.has(group))
  if (shown.length === kept.length) return { cube, kept }
  if (!rule.isShown) return { cube, kept: shown }
  const others = data.groupCount
  const tail = new Set(ranked.subarray(rule.count))
  const positions = [...data.groups.keys()].filter((index) => tail.has(data.groups[index] ?? -1))
  const rows = Int32Array.from(positions, (index) => data.rows[index] ?? 0)
  const folded: GroupedRows = { ...data, rows, groups: new Int32Array(rows.length), groupCount: 1 }
  const measures: CubeMeasure[] = []
  for (const measure of cube.measures) {
    const { expression } = measure
    const usable = expression !== undefined && measure.error === undefined
    const [value] = usable ? yield* evaluateInSteps(expression, folded) : []
    measures.push({ ...measure, values: [...measure.values, value ?? null] })
  }
  const elements = cube.elements.map((column) => Int32Array.of(...column, othersElement))
  return { cube: { ...cube, measures, elements }, kept: Int32Array.of(...shown, others) }
}
