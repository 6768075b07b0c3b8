/** What JSON.parse passes over in silence. */
export interface JsonSurvey {
  /** How deep objects and arrays are nested; 1 for `{}`. */
  readonly depth: number
  /** The paths of names that occur more than once in one object: readers differ in which they take. */
  readonly duplicates: readonly JsonPath[]
  /** The paths of members called `__proto__`, which are lost when an object is copied by assignment. */
  readonly prototypes: readonly JsonPath[]
  /** How many numbers readers may read differently: beyond 2^53, or beyond what a double holds. */
  readonly unsafeNumbers: number
}

/** Member names and array indexes from the outermost value on; beyond 32, those before the last are cut. */
export type JsonPath = readonly (string | number)[]

const maxPathLength = 32

const piece = /("(?:[^"\\]+|\\.)*")(\s*:)?|[{}[\],]|-?\d[\d.eE+-]*/g

/**
 * Walks once over a JSON text.
 *
 * @param text what JSON.parse has found well formed
 */
export function surveyJson(text: string): JsonSurvey {
  const duplicates = new Map<string, JsonPath>()
  const prototypes = new Map<string, JsonPath>()
  const open: { readonly names: Set<string> | undefined; at: string | number }[] = []
  let depth = 0
  let unsafeNumbers = 0
  const notePath = (paths: Map<string, JsonPath>) => {
    // Bounded, or deep nesting would make each path as long as the text.
    const ends =
      open.length > maxPathLength ? [...open.slice(0, maxPathLength - 1), ...open.slice(-1)] : open
    const path = ends.map(({ at }) => at)
    paths.set(JSON.stringify(path), path)
  }
  for (const [all, quoted, colon] of text.matchAll(piece)) {
    const inside = open.at(-1)
    if (quoted !== undefined) {
      if (colon === undefined || inside?.names === undefined) continue
      // Two spellings of one name, "a" and "\u0061", are one name.
      const name = String(JSON.parse(quoted))
      inside.at = name
      if (inside.names.has(name)) notePath(duplicates)
      else if (name === '__proto__') notePath(prototypes)
      inside.names.add(name)
    } else if (all === '{') {
      depth = Math.max(depth, open.push({ names: new Set(), at: '' }))
    } else if (all === '[') {
      depth = Math.max(depth, open.push({ names: undefined, at: 0 }))
    } else if (all === '}' || all === ']') {
      open.pop()
    } else if (all === ',') {
      if (typeof inside?.at === 'number') inside.at += 1
    } else if (!(Math.abs(Number(all)) <= Number.MAX_SAFE_INTEGER)) {
      unsafeNumbers += 1
    }
  }
  return {
    depth,
    duplicates: [...duplicates.values()],
    prototypes: [...prototypes.values()],
    unsafeNumbers,
  }
}
