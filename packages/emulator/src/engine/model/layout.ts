import { engineError, errorCodes } from '../engine-error.ts'
import { isJsonObject, type Json, type JsonObject, textAt } from '../json.ts'
import type { Steps } from '../slices.ts'

/**
 * A structure that the engine computes: given the path and the definition, its name in the layout
 * and what it holds.
 */
export type Structure = (path: string, definition: JsonObject) => Steps<[string, JsonObject]>

/** What a layout takes from the app's data; paths are those of the properties. */
export interface LayoutSource {
  /** By the key of the definition. */
  readonly structures: Readonly<Record<string, Structure>>
  /** The text or number of an expression in a property; its error's text where it has none. */
  stringExpression(text: string): string
  valueExpression(text: string): number | string
  readonly privileges: readonly string[]
  /** Called for each structure and expression; throws when there are too many. */
  countStructure(): void
}

/**
 * Makes a layout: a walk through the properties that copies each key, puts what is computed in the
 * place of its definition, and expressions' values in the place of expressions.
 */
export function* toLayout(properties: JsonObject, source: LayoutSource): Steps<JsonObject> {
  const { qMetaDef, ...rest } = properties
  const walked = yield* walkObject(rest, '', source)
  const meta = isJsonObject(qMetaDef) ? qMetaDef : {}
  return { ...walked, qMeta: { ...meta, privileges: source.privileges } }
}

function* walkObject(object: JsonObject, path: string, source: LayoutSource): Steps<JsonObject> {
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
      source.countStructure()
      entries.push(yield* structure(place, value))
      continue
    }
    entries.push([key, yield* walk(value, place, source)])
  }
  return Object.fromEntries(entries)
}

function* walk(value: Json, path: string, source: LayoutSource): Steps<Json> {
  if (Array.isArray(value)) {
    const entries: Json[] = []
    for (const [index, entry] of value.entries())
      entries.push(yield* walk(entry, `${path}/${index}`, source))
    return entries
  }
  if (!isJsonObject(value)) return value
  const text = expressionText(value, 'qStringExpression')
  const formula = expressionText(value, 'qValueExpression')
  if (text === undefined && formula === undefined) return yield* walkObject(value, path, source)
  source.countStructure()
  yield
  return text === undefined ? source.valueExpression(formula ?? '') : source.stringExpression(text)
}

/** Both forms are sent: the text itself, and `{ qExpr: text }`. */
function expressionText(value: JsonObject, key: string): string | undefined {
  const expression = value[key]
  if (typeof expression === 'string') return expression
  return isJsonObject(expression) ? textAt(expression, 'qExpr') : undefined
}
