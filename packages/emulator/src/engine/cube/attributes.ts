import { evaluateInSteps, type GroupedRows } from '../expression/evaluate.ts'
import { parseExpression } from '../expression/parse.ts'
import { toNumber, toText, type Value } from '../expression/value.ts'
import { type JsonObject, jsonNumber, objectsAt, textAt } from '../json.ts'
import type { Steps } from '../slices.ts'
import { conditionText, textValue } from './condition.ts'
import { type ColumnError, type DefinitionContext, notBuilt, toColumnError } from './definition.ts'

/** An attribute expression, such as the colour of a bar: a value beside each value of its column. */
export interface Attribute {
  readonly source: JsonObject
  readonly title: string
  readonly values: readonly Value[]
  readonly error: ColumnError | undefined
}

/**
 * Computes the attribute expressions of a column.
 *
 * @param data the rows, grouped by what the attributes stand beside: a dimension's elements (null
 *   first), or the groups of the cube for a measure
 */
export function* computeAttributes(
  column: JsonObject,
  data: GroupedRows,
  context: DefinitionContext,
): Steps<Attribute[]> {
  const attributes: Attribute[] = []
  for (const source of objectsAt(column, 'qAttributeExpressions'))
    attributes.push(yield* computeAttribute(source, data, context))
  return attributes
}

function* computeAttribute(
  source: JsonObject,
  data: GroupedRows,
  context: DefinitionContext,
): Steps<Attribute> {
  const text = textValue(source.qExpression)
  const title = textAt(source, 'qLabel') || text.replace(/^\s*=/, '')
  const attribute = { source, title, values: [], error: undefined }
  try {
    if (textAt(source, 'qLibraryId') !== '') throw notBuilt('qLibraryId of an attribute')
    if (conditionText(source) !== '') throw notBuilt('a condition on an attribute')
    // Charts keep places for attributes that they do not use.
    if (text.trim() === '') return attribute
    const expression = parseExpression(context.expand(text))
    return { ...attribute, values: yield* evaluateInSteps(expression, data) }
  } catch (error) {
    return { ...attribute, error: toColumnError(error) }
  }
}

/** The rows grouped by the elements of a dimension, null as group 0. */
export function groupByElement(
  data: GroupedRows,
  elements: Int32Array,
  elementCount: number,
): GroupedRows {
  const groups = data.groups.map((group) => (elements[group] ?? -1) + 1)
  return { ...data, groups, groupCount: elementCount + 1 }
}

/** What a cell tells about its attributes; nothing where its column has none. */
export function attributeCell(attributes: readonly Attribute[], index: number): JsonObject {
  if (attributes.length === 0) return {}
  const values = attributes.map(({ values: all }): JsonObject => {
    const value = all[index] ?? null
    const text = toText(value)
    if (text === null) return { qText: '-', qNum: 'NaN' }
    return { qText: text, qNum: typeof value === 'string' ? 'NaN' : jsonNumber(toNumber(value)) }
  })
  return { qAttrExps: { qValues: values } }
}
