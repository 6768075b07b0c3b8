import { toNumber, toText } from '../expression/value.ts'
import {
  arrayAt,
  isTrueAt,
  type Json,
  type JsonObject,
  jsonNumber,
  objectAt,
  objectsAt,
} from '../json.ts'
import type { Steps } from '../slices.ts'
import { type Attribute, attributeCell } from './attributes.ts'
import { dimensionCell, measureCell, totalCell } from './cells.ts'
import type { Cube, CubeMeasure } from './cube.ts'
import { type ColumnError, columnErrorCodes, type DimensionDefinition } from './definition.ts'
import type { FieldStates } from './field-states.ts'
import { automaticFormat } from './number-format.ts'
import { type Page, readPages } from './page.ts'
import { sortIndicator } from './sort.ts'
import { toStack, toStackPages } from './stack.ts'

/** Keys that are the page author's own: the engine hands them on as they are. */
export function ownKeys(source: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(source).filter(([key]) => !key.startsWith('q')))
}

/** Writes the `qHyperCube` of a layout, with the pages that `qInitialDataFetch` asks for. */
export function* toHyperCube(cube: Cube, states: FieldStates): Steps<JsonObject> {
  const { definition } = cube
  const pages = readPages(arrayAt(definition, 'qInitialDataFetch'))
  const stack = definition.qMode === 'K' ? yield* toStack(cube) : undefined
  const dimensionInfos: JsonObject[] = []
  for (const [index, dimension] of cube.dimensions.entries()) {
    yield
    const inCube = distinctElements(cube, index)
    dimensionInfos.push(dimensionInfo(dimension, inCube, states, cube.attributes[index] ?? []))
  }
  const measureInfos: JsonObject[] = []
  for (const [index, measure] of cube.measures.entries()) {
    yield
    const attributes = cube.attributes[cube.dimensions.length + index] ?? []
    measureInfos.push(measureInfo(measure, cube.order, attributes))
  }
  const width = cube.dimensions.length + cube.measures.length
  return {
    ...ownKeys(definition),
    qSize:
      stack === undefined
        ? { qcx: width, qcy: cube.order.length }
        : { qcx: stack.width, qcy: stack.branches.length },
    qDimensionInfo: dimensionInfos,
    qMeasureInfo: measureInfos,
    qEffectiveInterColumnSortOrder: cube.sortOrder,
    qGrandTotalRow: cube.measures.map((measure) => totalCell(measure.total, measure.format)),
    qDataPages: stack === undefined ? yield* toDataPages(cube, pages, states) : [],
    qPivotDataPages: [],
    qStackedDataPages: stack === undefined ? [] : yield* toStackPages(stack, pages, states),
    qMode: definition.qMode ?? 'S',
    qNoOfLeftDims: -1,
    qColumnOrder: arrayAt(definition, 'qColumnOrder'),
    ...cubeErrorOf(cube),
  }
}

/**
 * A cube of which nothing can be drawn says why as a whole, as a condition that is not met: nebula.js shows
 * `qCalcCondMsg` in the chart's place beside that code alone. Beside any other it shows "Error", and of a
 * column's error "Invalid measure".
 */
function cubeErrorOf(cube: Cube): JsonObject {
  const bad = cube.dimensions.find(({ error }) => error !== undefined)
  const isUsable = cube.measures.some(({ error }) => error === undefined)
  const ofColumn = bad?.error ?? (isUsable ? undefined : cube.measures[0]?.error)
  const error = cube.error ?? ofColumn
  if (error === undefined) return {}
  return {
    ...errorOf({ ...error, code: columnErrorCodes.condition }),
    qCalcCondMsg: error.message,
  }
}

/** Writes pages of a cube, one after the other with pauses. */
export function* toDataPages(
  cube: Cube,
  pages: readonly Page[],
  states: FieldStates,
): Steps<JsonObject[]> {
  const written: JsonObject[] = []
  for (const page of pages) {
    yield
    written.push(toDataPage(cube, page, states))
  }
  return written
}

/** Writes one page of a cube; the area is clipped to what there is. */
export function toDataPage(cube: Cube, page: Page, states: FieldStates): JsonObject {
  const columns = columnOrder(cube).slice(page.left, page.left + page.width)
  const groups = cube.order.subarray(page.top, page.top + page.height)
  const matrix = Array.from(groups, (group): Json[] =>
    columns.map((column) => cellOf(cube, column, group, states)),
  )
  const area = {
    qLeft: page.left,
    qTop: page.top,
    qWidth: matrix.length === 0 ? 0 : columns.length,
    qHeight: matrix.length,
  }
  return { qMatrix: matrix, qTails: [], qArea: area }
}

function cellOf(cube: Cube, column: number, group: number, states: FieldStates): JsonObject {
  const dimension = cube.dimensions[column]
  if (dimension !== undefined) {
    const element = cube.elements[column]?.[group] ?? -1
    const { field } = dimension
    const state = field === undefined || element < 0 ? 'O' : states.stateOf(field, element)
    return {
      ...dimensionCell(field, element, state, dimension.othersLabel),
      ...attributeCell(cube.attributes[column] ?? [], element + 1),
    }
  }
  const measure = cube.measures[column - cube.dimensions.length]
  return {
    ...measureCell(measure?.values[group] ?? null, measure?.format ?? {}),
    ...attributeCell(cube.attributes[column] ?? [], group),
  }
}

/** `qColumnOrder` moves columns in the pages; the info arrays stay in the order of the definition. */
export function columnOrder(cube: Cube): readonly number[] {
  const natural = [...cube.dimensions, ...cube.measures].map((_, column) => column)
  const asked = arrayAt(cube.definition, 'qColumnOrder')
  const isPermutation =
    asked.length === natural.length && natural.every((column) => asked.includes(column))
  return isPermutation ? asked.map(Number) : natural
}

/** How many values of a dimension the shown rows hold; null counts as one. */
function distinctElements(cube: Cube, index: number): number {
  const column = cube.elements[index]
  const elements = new Set<number>()
  for (const group of cube.order) elements.add(column?.[group] ?? -1)
  return elements.size
}

/** What a layout tells about a dimension; `inCube` is how many of its values the cube shows. */
export function dimensionInfo(
  dimension: DimensionDefinition,
  inCube: number,
  states: FieldStates,
  attributes: readonly Attribute[],
): JsonObject {
  const { field, source } = dimension
  const definition = objectAt(source, 'qDef')
  const isNumeric = field?.tags.includes('$numeric') ?? false
  const cardinal = field?.values.length ?? 0
  return {
    ...ownKeys(definition),
    qFallbackTitle: dimension.title,
    qApprMaxGlyphCount: longest(field?.values.map((value) => value.text) ?? []),
    qCardinal: cardinal,
    qSortIndicator: sortIndicator(dimension.sortCriteria),
    qReverseSort: isTrueAt(definition, 'qReverseSort'),
    qGroupFallbackTitles: [dimension.title],
    qGroupPos: 0,
    qStateCounts: field === undefined ? {} : states.stateCounts(field),
    qTags: field?.tags ?? [],
    qDimensionType: isNumeric ? 'N' : 'D',
    qGrouping: 'N',
    qNumFormat: automaticFormat,
    qIsAutoFormat: true,
    qGroupFieldDefs: [dimension.text],
    qMin: isNumeric ? jsonNumber(minMax(field?.numbers)[0]) : 'NaN',
    qMax: isNumeric ? jsonNumber(minMax(field?.numbers)[1]) : 'NaN',
    qAttrExprInfo: attributes.map(attributeInfo),
    qAttrDimInfo: attributeDimensions(source),
    qCardinalities: {
      qCardinal: cardinal,
      qHypercubeCardinal: inCube,
      qAllValuesCardinal: -1,
    },
    ...errorOf(dimension.error),
  }
}

function measureInfo(
  measure: CubeMeasure,
  order: Int32Array,
  attributes: readonly Attribute[],
): JsonObject {
  const definition = objectAt(measure.source, 'qDef')
  const numbers: number[] = []
  let glyphs = 0
  for (const group of order) {
    const value = measure.values[group] ?? null
    glyphs = Math.max(glyphs, toText(value)?.length ?? 1)
    const number = toNumber(value)
    if (!Number.isNaN(number)) numbers.push(number)
  }
  const [least, most] = minMax(numbers)
  return {
    ...ownKeys(definition),
    qFallbackTitle: measure.title,
    qApprMaxGlyphCount: glyphs,
    qCardinal: 0,
    qSortIndicator: sortIndicator(measure.sortCriteria),
    qReverseSort: isTrueAt(definition, 'qReverseSort'),
    qNumFormat: { ...automaticFormat, ...measure.format },
    qMin: jsonNumber(least),
    qMax: jsonNumber(most),
    qIsAutoFormat: definition.isAutoFormat ?? Object.keys(measure.format).length === 0,
    qAttrExprInfo: attributes.map(attributeInfo),
    qAttrDimInfo: attributeDimensions(measure.source),
    qTrendLines: [],
    ...errorOf(measure.error),
  }
}

function attributeInfo({ source, title, values, error }: Attribute): JsonObject {
  const numbers = values
    .map((value) => (typeof value === 'string' ? Number.NaN : toNumber(value)))
    .filter((number) => !Number.isNaN(number))
  const [least, most] = minMax(numbers)
  return {
    ...ownKeys(source),
    qFallbackTitle: title,
    qMin: jsonNumber(least),
    qMax: jsonNumber(most),
    qContinuous: false,
    qNumFormat: automaticFormat,
    qIsAutoFormat: true,
    ...errorOf(error),
  }
}

/** Attribute dimensions are not built: each is answered with an error of its own. */
function attributeDimensions(source: JsonObject): JsonObject[] {
  const message = 'qAttributeDimensions is not supported by the jotgate emulator'
  return objectsAt(source, 'qAttributeDimensions').map(() => errorOf({ code: 20, message }))
}

export function errorOf(error: ColumnError | undefined): JsonObject {
  if (error === undefined) return {}
  return {
    qError: { qErrorCode: error.code, qContext: error.message, qExtendedMessage: error.message },
  }
}

function longest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, text.length), 0)
}

/** Least and greatest, or NaN twice; not by spreading, which has a limit of arguments. */
function minMax(numbers: Iterable<number> | undefined): readonly [number, number] {
  let least = Number.NaN
  let most = Number.NaN
  for (const number of numbers ?? []) {
    if (!(number >= least)) least = number
    if (!(number <= most)) most = number
  }
  return [least, most]
}
