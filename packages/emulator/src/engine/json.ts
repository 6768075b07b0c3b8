/** What a frame can hold. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object at a key, or an empty one: properties are sparse, and every part of them is optional. */
export function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key]
  return isJsonObject(value) ? value : {}
}

export function arrayAt(object: JsonObject, key: string): readonly Json[] {
  const value = object[key]
  return Array.isArray(value) ? value : []
}

/** The objects of the array at a key; other entries are left out. */
export function objectsAt(object: JsonObject, key: string): readonly JsonObject[] {
  return arrayAt(object, key).filter(isJsonObject)
}

export function textAt(object: JsonObject, key: string, fallback = ''): string {
  const value = object[key]
  return typeof value === 'string' ? value : fallback
}

export function numberAt(object: JsonObject, key: string, fallback = 0): number {
  const value = object[key]
  return typeof value === 'number' ? value : fallback
}

export function isTrueAt(object: JsonObject, key: string): boolean {
  return object[key] === true
}

/** JSON has no NaN: the engine writes it as a text. */
export function jsonNumber(value: number): number | 'NaN' {
  return Number.isFinite(value) ? value : 'NaN'
}
