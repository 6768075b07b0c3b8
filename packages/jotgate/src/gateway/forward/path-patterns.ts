import { pathProblem } from '../server/request-target.ts'

/** `/api/v1/apps/{id}/media/*`, taken apart. */
export interface PathPattern {
  /** Decoded; undefined stands for any one segment. */
  readonly segments: readonly (string | undefined)[]
  /** Whether whatever is below matches too. */
  readonly hasRest: boolean
}

/** Reads a pattern; a string says what is wrong with it. */
export function readPathPattern(pattern: string): PathPattern | string {
  if (!pattern.startsWith('/')) return 'begins with no slash'
  if (pattern.length > 500) return 'is longer than 500 characters'
  const hasRest = pattern.endsWith('/*')
  const parts = pattern.slice(1, hasRest ? -2 : undefined).split('/')
  if (hasRest && parts[0] === '') return 'would match every path'
  const segments: (string | undefined)[] = []
  for (const [at, part] of parts.entries()) {
    const isLast = at === parts.length - 1 && !hasRest
    if (/^\{\w+\}$/.test(part)) segments.push(undefined)
    else if (part === '' && isLast && at > 0) segments.push('')
    else if (part === '') return 'has an empty segment'
    else if (part.includes('*')) return 'has a * that is not its last segment'
    else if (/[^\x21-\x7e]|[#?\\{}]/.test(part) || pathProblem(`/${part}`) !== undefined)
      return `has the segment ${JSON.stringify(part)}, which no path can have`
    else segments.push(decodeURIComponent(part))
  }
  return { segments, hasRest }
}

/** Patterns with a value each. */
export interface PatternTable<Value> {
  add(pattern: PathPattern, value: Value): void
  /** The values of all patterns that match, in a time that the number of segments and patterns bounds. */
  match(segments: readonly string[]): Value[]
}

interface Node<Value> {
  readonly named: Map<string, Node<Value>>
  any: Node<Value> | undefined
  readonly here: Value[]
  readonly below: Value[]
}

const emptyNode = <Value>(): Node<Value> => ({
  named: new Map(),
  any: undefined,
  here: [],
  below: [],
})

/** A tree of segments; a search follows all branches at once and never goes back. */
export function createPatternTable<Value>(): PatternTable<Value> {
  const root = emptyNode<Value>()
  return {
    add({ segments, hasRest }, value) {
      let node = root
      for (const segment of segments) node = childOf(node, segment)
      if (hasRest) node.below.push(value)
      else node.here.push(value)
    },
    match(segments) {
      const found: Value[] = []
      let nodes = [root]
      for (const segment of segments) {
        const next: Node<Value>[] = []
        for (const node of nodes) {
          found.push(...node.below)
          const named = node.named.get(segment)
          if (named !== undefined) next.push(named)
          if (node.any !== undefined && segment !== '') next.push(node.any)
        }
        nodes = next
      }
      for (const node of nodes) found.push(...node.here, ...node.below)
      return found
    },
  }
}

function childOf<Value>(node: Node<Value>, segment: string | undefined): Node<Value> {
  if (segment === undefined) {
    node.any ??= emptyNode()
    return node.any
  }
  const known = node.named.get(segment)
  if (known !== undefined) return known
  const child = emptyNode<Value>()
  node.named.set(segment, child)
  return child
}
