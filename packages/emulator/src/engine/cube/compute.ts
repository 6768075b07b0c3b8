import type { Field } from '../data/table.ts'
import { evaluateByGroup, evaluateInSteps, type GroupedRows } from '../expression/evaluate.ts'
import { parseExpression } from '../expression/parse.ts'
import { toNumber, type Value } from '../expression/value.ts'
import { isTrueAt, type JsonObject, objectsAt } from '../json.ts'
import { engineLimits } from '../limits.ts'
import type { Steps } from '../slices.ts'
import { type Attribute, computeAttributes, groupByElement } from './attributes.ts'
import type { Cube, CubeContext, CubeMeasure } from './cube.ts'
import { findCubeError } from './cube-error.ts'
import {
  type ColumnError,
  type DimensionDefinition,
  type MeasureDefinition,
  readDimension,
  readMeasure,
  toColumnError,
  tooLarge,
} from './definition.ts'
import { groupRows } from './grouping.ts'
import { foldOthers, readOthersRule } from './others.ts'
import { effectiveSortOrder, sortRows } from './sort.ts'
import { totalOf } from './totals.ts'

/** Computes a hypercube. A column that cannot be computed carries its error, and no figure is guessed. */
export function* computeCube(definition: JsonObject, context: CubeContext): Steps<Cube> {
  const sources = columnsOf(definition)
  if (sources.error !== undefined) return withoutFigures(definition, [], [], sources.error)
  const dimensions = sources.dimensions.map((dimension) => readDimension(dimension, context))
  const definitions = sources.measures.map((measure) => readMeasure(measure, context))
  const columnCount = dimensions.length + definitions.length
  const sortOrder = effectiveSortOrder(definition, columnCount)
  const error = findCubeError(definition, (text) => evaluateAll(text, context))
  const hasBadDimension = dimensions.some((dimension) => dimension.field === undefined)
  if (error !== undefined || columnCount === 0 || hasBadDimension) {
    const cube = withoutFigures(definition, dimensions, definitions, error)
    const hasRow = hasBadDimension && error === undefined
    return hasRow ? { ...cube, order: Int32Array.of(0) } : cube
  }
  const fields = dimensions.flatMap(({ field }) => (field === undefined ? [] : [field]))
  const rows = withoutSuppressedNulls(context.rows, dimensions)
  const { groups, groupCount, elements } = yield* groupRows(rows, fields)
  const shownGroups = fields.length > 0 && rows.length === 0 ? 0 : groupCount
  if (shownGroups * columnCount > engineLimits.cubeValues.value) {
    const problem = tooLarge(`${shownGroups} rows of ${columnCount} columns are too many`)
    return withoutFigures(definition, dimensions, definitions, problem)
  }
  const { table, budget } = context
  const data: GroupedRows = { table, rows, groups, groupCount: shownGroups, budget }
  const together = { ...data, groups: new Int32Array(rows.length), groupCount: 1 }
  yield
  const measures: CubeMeasure[] = []
  for (const measure of definitions) measures.push(yield* computeMeasure(measure, data, together))
  const attributes = yield* allAttributes(dimensions, measures, elements, data, context)
  const grouped = { definition, dimensions, measures, elements, sortOrder, attributes, data, error }
  try {
    const all = keptGroups(grouped, shownGroups)
    const totalled = {
      ...grouped,
      measures: measures.map((measure) => ({ ...measure, total: totalOf(measure, all) })),
    }
    const { cube, kept } = yield* withOthers(totalled, all, data, context)
    return { ...cube, order: yield* sortRows(cube, kept, data, context) }
  } catch (sortError) {
    // A wrong order would be a wrong chart as soon as a page does not show every row.
    return { ...grouped, order: new Int32Array(0), error: toColumnError(sortError) }
  }
}

/** The columns of a definition, counted before any of them is read. */
function columnsOf(definition: JsonObject) {
  const dimensions = objectsAt(definition, 'qDimensions')
  const measures = objectsAt(definition, 'qMeasures')
  const count = [...dimensions, ...measures].reduce(
    (sum, column) => sum + 1 + objectsAt(column, 'qAttributeExpressions').length,
    0,
  )
  const error =
    count > engineLimits.columns.value ? tooLarge(`${count} columns are too many`) : undefined
  return { dimensions, measures, error }
}

/** A cube of which nothing was computed. */
function withoutFigures(
  definition: JsonObject,
  dimensions: readonly DimensionDefinition[],
  definitions: readonly MeasureDefinition[],
  error: ColumnError | undefined,
): Cube {
  return {
    definition,
    dimensions,
    measures: definitions.map((measure) => ({ ...measure, values: [null], total: null })),
    elements: dimensions.map(() => Int32Array.of(-1)),
    order: new Int32Array(0),
    sortOrder: effectiveSortOrder(definition, dimensions.length + definitions.length),
    attributes: [...dimensions, ...definitions].map(() => []),
    data: undefined,
    error,
  }
}

function* allAttributes(
  dimensions: readonly DimensionDefinition[],
  measures: readonly MeasureDefinition[],
  elements: readonly Int32Array[],
  data: GroupedRows,
  context: CubeContext,
): Steps<Attribute[][]> {
  const columns: Attribute[][] = []
  for (const [index, { source, field }] of dimensions.entries()) {
    // Most columns have none, and the rows need not be grouped for them.
    const hasNone = objectsAt(source, 'qAttributeExpressions').length === 0
    const count = field?.values.length ?? 0
    const byElement = hasNone
      ? data
      : groupByElement(data, elements[index] ?? new Int32Array(0), count)
    columns.push(yield* computeAttributes(source, byElement, context))
  }
  for (const { source } of measures) columns.push(yield* computeAttributes(source, data, context))
  return columns
}

/** Folds the values that a limit leaves out; a limit that is not built makes the cube an error. */
function* withOthers(
  cube: Omit<Cube, 'order'>,
  kept: Int32Array,
  data: GroupedRows,
  context: CubeContext,
): Steps<{ cube: Omit<Cube, 'order'>; kept: Int32Array }> {
  const numberOf = (text: string): number => toNumber(evaluateAll(text, context))
  for (const dimension of cube.dimensions) {
    const rule = readOthersRule(dimension, cube.dimensions.length, numberOf)
    if (rule === undefined) continue
    if ('code' in rule) return { cube: { ...cube, error: rule }, kept: new Int32Array(0) }
    return yield* foldOthers(cube, kept, rule, data)
  }
  return { cube, kept }
}

/** The value of an expression over all rows that the selections leave. */
function evaluateAll(text: string, { table, rows, expand, budget }: CubeContext): Value {
  const groups = new Int32Array(rows.length)
  const expression = parseExpression(expand(text))
  return evaluateByGroup(expression, { table, rows, groups, groupCount: 1, budget })[0] ?? null
}

function* computeMeasure(
  definition: MeasureDefinition,
  data: GroupedRows,
  all: GroupedRows,
): Steps<CubeMeasure> {
  const { expression } = definition
  const empty = new Array<Value>(data.groupCount).fill(null)
  if (expression === undefined) return { ...definition, values: empty, total: null }
  try {
    const values = yield* evaluateInSteps(expression, data)
    const total =
      data.groupCount === 1 && all.rows.length > 0
        ? values
        : yield* evaluateInSteps(expression, all)
    return { ...definition, values, total: total[0] ?? null }
  } catch (error) {
    return { ...definition, values: empty, total: null, error: toColumnError(error) }
  }
}

/** `qNullSuppression` takes the rows away in which the dimension is null. */
function withoutSuppressedNulls(
  rows: Int32Array,
  dimensions: readonly DimensionDefinition[],
): Int32Array {
  const fields = dimensions.flatMap(({ field, suppressNull }): Field[] =>
    suppressNull && field !== undefined ? [field] : [],
  )
  if (fields.length === 0) return rows
  return rows.filter((row) => fields.every((field) => (field.elements[row] ?? -1) >= 0))
}

/** `qSuppressZero` takes groups away whose measures are all 0 or null, `qSuppressMissing` all null. */
function keptGroups(cube: Omit<Cube, 'order'>, groupCount: number): Int32Array {
  const groups = Int32Array.from({ length: groupCount }, (_, group) => group)
  if (cube.dimensions.length === 0 || cube.measures.length === 0) return groups
  const noZero = isTrueAt(cube.definition, 'qSuppressZero')
  const noMissing = isTrueAt(cube.definition, 'qSuppressMissing')
  if (!noZero && !noMissing) return groups
  return groups.filter((group) =>
    cube.measures.some(({ values }) => {
      const value = values[group] ?? null
      return value !== null && !(noZero && toNumber(value) === 0)
    }),
  )
}
