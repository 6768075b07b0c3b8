import { parseUtf8 } from './base64url.ts'

/** How deep objects and arrays may stand in each other; nothing that Qlik reads is nested. */
const maxDepth = 32

/** One JSON object, and what a strict reader holds against it. */
export interface JsonObject {
  /** Undefined when it is no JSON object, or nested too deep to be handed on. */
  readonly value: Readonly<Record<string, unknown>> | undefined
  readonly flaw: 'utf-8' | 'json' | 'no-object' | 'too-deep' | undefined
  /** Names that stand more than once in one object: readers differ in which of them they take. */
  readonly duplicates: readonly string[]
  /** How many numbers readers may read differently: beyond 2^53, or beyond what a double holds. */
  readonly unsafeNumbers: number
}

/**
 * Reads one JSON object as RFC 7515 section 4 and RFC 7519 section 4 ask: UTF-8, no byte order mark,
 * nothing after it; and tells what JSON.parse passes over in silence.
 */
export function readJsonObject(bytes: Uint8Array): JsonObject {
  const flawed = (flaw: JsonObject['flaw']): JsonObject => ({
    value: undefined,
    flaw,
    duplicates: [],
    unsafeNumbers: 0,
  })
  const text = parseUtf8(bytes)
  if (text === undefined) return flawed('utf-8')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return flawed('json')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return flawed('no-object')
  const { depth, duplicates, unsafeNumbers } = survey(text)
  const tooDeep = depth > maxDepth
  return {
    value: tooDeep ? undefined : (value as Record<string, unknown>),
    flaw: tooDeep ? 'too-deep' : undefined,
    duplicates,
    unsafeNumbers,
  }
}

const piece = /("(?:[^"\\]+|\\.)*")(\s*:)?|[{}[\]]|-?\d[\d.eE+-]*/g

/** Walks over a text that JSON.parse has found well formed. */
function survey(text: string): { depth: number; duplicates: string[]; unsafeNumbers: number } {
  const duplicates = new Set<string>()
  // The names of each open object so far; an array has none.
  const open: (Set<string> | undefined)[] = []
  let depth = 0
  let unsafeNumbers = 0
  for (const [all, quoted, colon] of text.matchAll(piece)) {
    if (quoted !== undefined) {
      if (colon === undefined) continue
      // Two spellings of one name, "a" and "\u0061", are one name.
      const name = String(JSON.parse(quoted))
      const names = open.at(-1)
      if (names?.has(name) === true) duplicates.add(name)
      names?.add(name)
    } else if (all === '{' || all === '[') {
      depth = Math.max(depth, open.push(all === '{' ? new Set() : undefined))
    } else if (all === '}' || all === ']') {
      open.pop()
    } else if (!(Math.abs(Number(all)) <= Number.MAX_SAFE_INTEGER)) {
      unsafeNumbers += 1
    }
  }
  return { depth, duplicates: [...duplicates], unsafeNumbers }
}
