import { type Json, type JsonObject, objectAt, textAt } from '../json.ts'

/** The condition of a cube or a column, in its newer and its older form; empty where there is none. */
export function conditionText(source: JsonObject): string {
  const newer = textValue(objectAt(source, 'qCalcCondition').qCond)
  return newer === '' ? textValue(source.qCalcCond) : newer
}

/** Both forms are sent: the text itself, and `{ qv: text }`. */
export function textValue(value: Json | undefined): string {
  if (typeof value === 'string') return value
  return typeof value === 'object' && value !== null ? textAt(value as JsonObject, 'qv') : ''
}
