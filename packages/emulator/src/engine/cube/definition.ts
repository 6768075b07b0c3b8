import type { Field, Table } from '../data/table.ts'
import { expressionError } from '../expression/expression-error.ts'
import { type Expression, parseExpression } from '../expression/parse.ts'
import {
  isJsonObject,
  isTrueAt,
  type Json,
  type JsonObject,
  numberAt,
  objectAt,
  textAt,
} from '../json.ts'
import { conditionText } from './condition.ts'

/** What a column cannot be computed for; becomes its `qError`. */
export interface ColumnError {
  readonly code: number
  readonly message: string
}

/** Error codes of the schema that a column or cube can carry. */
export const columnErrorCodes = {
  /** LOCERR_GENERIC_NOT_IMPLEMENTED: a thing that Qlik has and the emulator has not. */
  notImplemented: 20,
  /** LOCERR_CALC_NOT_IN_LIB */
  notInLibrary: 7001,
  /** LOCERR_CALC_TOO_LARGE: more than `engineLimits` lets one client ask for. */
  tooLarge: 7003,
  /**
   * LOCERR_CALC_EVAL_CONDITION_FAILED: a condition is not met. Clients take it for no fault: nebula.js shows
   * the cube's `qCalcCondMsg`, and sn-table leaves out a column that carries it.
   */
  condition: 7005,
  /**
   * LOCERR_CALC_INVALID_DEF: a dimension or measure that cannot be evaluated. nebula.js shows
   * "Invalid measure" for every code of a column but 7005.
   */
  evaluation: 7000,
} as const

/** What definitions are read against. */
export interface DefinitionContext {
  readonly table: Table
  /** Puts the variables' definitions in the place of `$(name)`. */
  expand(text: string): string
}

export interface DimensionDefinition {
  readonly source: JsonObject
  /** The field definition as it was given. */
  readonly text: string
  readonly title: string
  readonly field: Field | undefined
  readonly error: ColumnError | undefined
  readonly suppressNull: boolean
  /** What the row of all the rest is called. */
  readonly othersLabel: string
  readonly sortCriteria: JsonObject
}

export interface MeasureDefinition {
  readonly source: JsonObject
  readonly text: string
  readonly title: string
  readonly expression: Expression | undefined
  readonly error: ColumnError | undefined
  readonly format: JsonObject
  readonly sortCriteria: JsonObject
}

/** Reads an entry of `qDimensions`, or a list object's definition. */
export function readDimension(source: JsonObject, context: DefinitionContext): DimensionDefinition {
  const definition = objectAt(source, 'qDef')
  const active = numberAt(definition, 'qActiveField')
  const text = textEntry(definition, 'qFieldDefs', active)
  const label = textEntry(definition, 'qFieldLabels', active)
  const { field, error } = attempt(() => dimensionField(source, definition, text, context))
  const title = label === '' ? (field?.name ?? text.replace(/^=/, '')) : label
  const criteria = definition.qSortCriterias
  const first = Array.isArray(criteria) ? criteria[active] : undefined
  return {
    source,
    text,
    title,
    field,
    error,
    suppressNull: isTrueAt(source, 'qNullSuppression'),
    othersLabel: labelText(source.qOtherLabel) || 'Others',
    sortCriteria: directed(isJsonObject(first) ? first : {}, definition),
  }
}

/** Reads an entry of `qMeasures`. */
export function readMeasure(source: JsonObject, context: DefinitionContext): MeasureDefinition {
  const definition = objectAt(source, 'qDef')
  const text = textAt(definition, 'qDef')
  const { expression, error } = attempt(() => {
    refuseUnbuilt(source)
    if (isTrueAt(definition, 'qRelative')) throw notBuilt('qRelative')
    if (numberAt(definition, 'qAccumulate') !== 0) throw notBuilt('qAccumulate')
    return { expression: parseExpression(context.expand(text)) }
  })
  const format = objectAt(definition, 'qNumFormat')
  return {
    source,
    text,
    title: textAt(definition, 'qLabel') || text.replace(/^\s*=/, ''),
    expression,
    error,
    format,
    sortCriteria: directed(objectAt(source, 'qSortBy'), definition),
  }
}

/** A dimension is one field. Anything else would be a calculated dimension, which is not built. */
function dimensionField(
  source: JsonObject,
  definition: JsonObject,
  text: string,
  context: DefinitionContext,
): { field: Field } {
  refuseUnbuilt(source)
  if (isTrueAt(source, 'qShowAll')) throw notBuilt('qShowAll')
  const grouping = definition.qGrouping
  if (grouping === 'H' || grouping === 'C') throw notBuilt(`qGrouping "${grouping}"`)
  // A field whose name is not one plain word is often given without brackets: ["Major Genre"].
  const byName = context.table.field(text)
  if (byName !== undefined) return { field: byName }
  const expression = parseExpression(context.expand(text))
  if (expression.kind !== 'field') {
    throw expressionError('calculated dimensions are not supported by the jotgate emulator')
  }
  const field = context.table.field(expression.name)
  if (field === undefined) throw expressionError(`there is no field "${expression.name}"`)
  return { field }
}

type Coded = Error & { readonly columnCode: number }

function coded(columnCode: number, message: string): Coded {
  return Object.assign(new Error(message), { columnCode })
}

/** The error for what exceeds a limit. */
export function tooLarge(what: string): ColumnError {
  return {
    code: columnErrorCodes.tooLarge,
    message: `${what}; see the limits in the README of the jotgate emulator`,
  }
}

/** The error for a setting that would change the figures and is not built. */
export function notBuilt(what: string): Coded {
  return coded(columnErrorCodes.notImplemented, `${what} is not supported by the jotgate emulator`)
}

/** `qReverseSort`, which tables set when a header is clicked, turns every criterion round. */
function directed(criteria: JsonObject, definition: JsonObject): JsonObject {
  if (!isTrueAt(definition, 'qReverseSort')) return criteria
  return Object.fromEntries(
    Object.entries(criteria).map(([key, value]) => [
      key,
      typeof value === 'number' ? -value : value,
    ]),
  )
}

/** Master items, and conditions on columns: a column that hides itself would move all others. */
function refuseUnbuilt(source: JsonObject): void {
  if (conditionText(source) !== '') throw notBuilt('a condition on a column')
  const id = textAt(source, 'qLibraryId')
  if (id === '') return
  throw coded(columnErrorCodes.notInLibrary, `there is no master item "${id}"`)
}

function attempt<Result extends object>(
  read: () => Result,
): Partial<Result> & { error: ColumnError | undefined } {
  try {
    return { ...read(), error: undefined }
  } catch (error) {
    return { error: toColumnError(error) } as Partial<Result> & { error: ColumnError }
  }
}

/** Turns what an expression or a definition was refused with into a column's error. */
export function toColumnError(error: unknown): ColumnError {
  if (!(error instanceof Error) || !('code' in error || 'columnCode' in error)) throw error
  const code = 'columnCode' in error ? Number(error.columnCode) : columnErrorCodes.evaluation
  return { code, message: error.message }
}

/** A label is a text or `{ qv: text }`; one that is an expression is shown as the default. */
function labelText(label: Json | undefined): string {
  const text = isJsonObject(label) ? textAt(label, 'qv') : label
  return typeof text === 'string' && !text.startsWith('=') ? text : ''
}

function textEntry(object: JsonObject, key: string, index: number): string {
  const entries = object[key]
  const entry = Array.isArray(entries) ? entries[index] : undefined
  return typeof entry === 'string' ? entry : ''
}
