import type { Field } from '../data/table.ts'
import { arrayAt, type JsonObject, numberAt, textAt } from '../json.ts'
import { type Steps, sortInSteps } from '../slices.ts'
import { dimensionCell, type ElementState } from './cells.ts'
import {
  columnErrorCodes,
  type DefinitionContext,
  type DimensionDefinition,
  readDimension,
} from './definition.ts'
import type { FieldStates } from './field-states.ts'
import { dimensionInfo, errorOf, ownKeys } from './hypercube.ts'
import { type Page, readPages } from './page.ts'
import { byNumber, type Compare, elementComparisons } from './sort.ts'

/** What a list object is computed from. */
export interface ListContext extends DefinitionContext {
  /** The rows that the selections leave. */
  readonly rows: Int32Array
  compareText(left: string, right: string): number
  /** Sorting by state looks at this one, so that a list does not jump while it is selected in. */
  stateForSorting(field: Field, element: number): ElementState
}

/** A list object's values in their order. */
export interface ListObject {
  readonly definition: JsonObject
  readonly dimension: DimensionDefinition
  readonly elements: readonly number[]
  readonly frequencies: Int32Array | undefined
  readonly error: { readonly code: number; readonly message: string } | undefined
}

const stateRanks: Readonly<Record<ElementState, number>> = { S: 0, O: 1, A: 2, X: 3, XS: 3 }

/**
 * Computes a list object: every value of a field with its state, the excluded ones too.
 *
 * @param search what was typed into the list's search; undefined lists everything
 */
export function* computeListObject(
  definition: JsonObject,
  context: ListContext,
  search: string | undefined,
): Steps<ListObject> {
  const dimension = readDimension(definition, context)
  const { field } = dimension
  const mode = String(definition.qFrequencyMode ?? 'N')
  const isCounted = mode === 'V' || mode === 'NX_FREQUENCY_VALUE'
  const isRefused = !isCounted && mode !== 'N' && mode !== 'NX_FREQUENCY_NONE'
  const message = `qFrequencyMode "${mode}" is not supported by the jotgate emulator`
  const error =
    dimension.error ?? (isRefused ? { code: columnErrorCodes.notImplemented, message } : undefined)
  if (field === undefined || error !== undefined) {
    return { definition, dimension, elements: [], frequencies: undefined, error }
  }
  const matches = matcher(search)
  const elements = [...field.values.keys()].filter((element) =>
    matches(field.values[element]?.text ?? ''),
  )
  return {
    definition,
    dimension,
    elements: yield* sortElements(elements, field, dimension, context),
    frequencies: isCounted ? countRows(field, context.rows) : undefined,
    error: undefined,
  }
}

function* sortElements(
  elements: readonly number[],
  field: Field,
  dimension: DimensionDefinition,
  context: ListContext,
): Steps<readonly number[]> {
  const state = numberAt(dimension.sortCriteria, 'qSortByState')
  const rank = (element: number): number => stateRanks[context.stateForSorting(field, element)]
  const comparisons: Compare[] = [
    ...(state === 0 ? [] : [byNumber(rank, state)]),
    ...elementComparisons(dimension.sortCriteria, field, undefined, context),
  ]
  const sorted = yield* sortInSteps(Int32Array.from(elements), (left, right) => {
    for (const compare of comparisons) {
      const order = compare(left, right)
      if (order !== 0) return order
    }
    return left - right
  })
  return [...sorted]
}

function countRows(field: Field, rows: Int32Array): Int32Array {
  const counts = new Int32Array(field.values.length)
  for (const row of rows) {
    const element = field.elements[row] ?? -1
    if (element >= 0) counts[element] = (counts[element] ?? 0) + 1
  }
  return counts
}

/** A search with `*` or `?` matches the whole text, any other stands somewhere in it; case is ignored. */
export function matcher(search: string | undefined): (text: string) => boolean {
  if (search === undefined || search === '') return () => true
  const wanted = search.toLowerCase()
  if (!/[*?]/.test(wanted)) return (text) => text.toLowerCase().includes(wanted)
  const source = wanted.replace(/[\\^$.|+()[\]{}]/g, '\\$&')
  const pattern = new RegExp(`^${source.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's')
  return (text) => pattern.test(text.toLowerCase())
}

/** Writes the `qListObject` of a layout. */
export function toListObject(list: ListObject, states: FieldStates): JsonObject {
  const { definition, dimension } = list
  const pages = readPages(arrayAt(definition, 'qInitialDataFetch'))
  return {
    ...ownKeys(definition),
    qSize: { qcx: 1, qcy: list.elements.length },
    qDimensionInfo: dimensionInfo(dimension, list.elements.length, states, []),
    qExpressions: [],
    qDataPages: pages.map((page) => toListPage(list, page, states)),
    qStateName: textAt(definition, 'qStateName', '$'),
    ...errorOf(list.error),
  }
}

/** Writes one page of a list's values. */
export function toListPage(list: ListObject, page: Page, states: FieldStates): JsonObject {
  const { field } = list.dimension
  const elements = page.left > 0 ? [] : list.elements.slice(page.top, page.top + page.height)
  const matrix = elements.map((element) => {
    const state = field === undefined ? 'O' : states.stateOf(field, element)
    const cell = dimensionCell(field, element, state)
    return [
      list.frequencies === undefined
        ? cell
        : { ...cell, qFrequency: String(list.frequencies[element] ?? 0) },
    ]
  })
  const width = matrix.length === 0 ? 0 : 1
  return {
    qMatrix: matrix,
    qTails: [],
    qArea: { qLeft: page.left, qTop: page.top, qWidth: width, qHeight: matrix.length },
  }
}
