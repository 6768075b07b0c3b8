import { isObject, surveyJson } from '../values/index.ts'
import { parseUtf8 } from './base64url.ts'

/** How deep objects and arrays may be nested; nothing that Qlik reads is nested at all. */
const maxDepth = 32

/** One JSON object, and what a strict reader objects to. */
export interface JsonObject {
  /** Undefined when it is not a JSON object, or nested too deep to be passed on. */
  readonly value: Readonly<Record<string, unknown>> | undefined
  readonly flaw: 'utf-8' | 'json' | 'no-object' | 'too-deep' | undefined
  /** Names that occur more than once in one object: readers differ in which of them they take. */
  readonly duplicates: readonly string[]
  /** How many numbers readers may read differently: beyond 2^53, or beyond what a double holds. */
  readonly unsafeNumbers: number
  /** How deep objects and arrays are nested; 1 for `{}`, 0 when it is not a JSON object. */
  readonly depth: number
}

/**
 * Reads one JSON object as RFC 7515 section 4 and RFC 7519 section 4 ask: UTF-8, no byte order mark,
 * nothing after it. It also reports what JSON.parse passes over in silence.
 */
export function readJsonObject(bytes: Uint8Array): JsonObject {
  const flawed = (flaw: JsonObject['flaw']): JsonObject => ({
    value: undefined,
    flaw,
    duplicates: [],
    unsafeNumbers: 0,
    depth: 0,
  })
  const text = parseUtf8(bytes)
  if (text === undefined) return flawed('utf-8')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return flawed('json')
  }
  if (!isObject(value)) return flawed('no-object')
  const { depth, duplicates, unsafeNumbers } = surveyJson(text)
  const tooDeep = depth > maxDepth
  return {
    value: tooDeep ? undefined : value,
    flaw: tooDeep ? 'too-deep' : undefined,
    duplicates: [...new Set(duplicates.map((path) => String(path.at(-1))))],
    unsafeNumbers,
    depth,
  }
}
