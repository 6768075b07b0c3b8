import { engineError, errorCodes } from '../engine-error.ts'
import { isJsonObject, type Json, type JsonObject, textAt } from '../json.ts'

/**
 * A structure that the engine computes: given the path and the definition, its name in the layout
 * and what it holds.
 */
export type Structure = (path: string, definition: JsonObject) => [string, JsonObject]

/** What a layout takes from the app's data; paths are those of the properties. */
export interface LayoutSource {
  /** By the key of the definition. */
  readonly structures: Readonly<Record<string, Structure>>
  /** The text or number of an expression in a property; its error's text where it has none. */
  stringExpression(text: string): string
  valueExpression(text: string): number | string
  readonly privileges: readonly string[]
}

/**
 * Makes a layout: a walk through the properties that copies each key, puts what is computed in the
 * place of its definition, and expressions' values in the place of expressions.
 */
export function toLayout(properties: JsonObject, source: LayoutSource): JsonObject {
  const { qMetaDef, ...rest } = properties
  const walked = walkObject(rest, '', source)
  const meta = isJsonObject(qMetaDef) ? qMetaDef : {}
  return { ...walked, qMeta: { ...meta, privileges: source.privileges } }
}

function walkObject(object: JsonObject, path: string, source: LayoutSource): JsonObject {
  const entries: [string, Json][] = []
  for (const [key, value] of Object.entries(object)) {
    const place = `${path}/${key}`
    if (key === 'qLayoutExclude') continue
    if (/^q[A-Z]\w*Def$/.test(key) && isJsonObject(value)) {
      const structure = source.structures[key]
      if (structure === undefined) {
        const message = `not supported by the jotgate emulator: ${key}`
        throw engineError(errorCodes.notImplemented, message, place)
      }
      entries.push(structure(place, value))
      continue
    }
    entries.push([key, walk(value, place, source)])
  }
  return Object.fromEntries(entries)
}

function walk(value: Json, path: string, source: LayoutSource): Json {
  if (Array.isArray(value))
    return value.map((entry, index) => walk(entry, `${path}/${index}`, source))
  if (!isJsonObject(value)) return value
  const text = expressionText(value, 'qStringExpression')
  if (text !== undefined) return source.stringExpression(text)
  const formula = expressionText(value, 'qValueExpression')
  if (formula !== undefined) return source.valueExpression(formula)
  return walkObject(value, path, source)
}

/** Both forms are sent: the text itself, and `{ qExpr: text }`. */
function expressionText(value: JsonObject, key: string): string | undefined {
  const expression = value[key]
  if (typeof expression === 'string') return expression
  return isJsonObject(expression) ? textAt(expression, 'qExpr') : undefined
}
