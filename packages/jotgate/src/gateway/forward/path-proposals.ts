import { isObject } from '../../values/index.ts'
import { readPathPattern } from './path-patterns.ts'

/** A line for the allow-list that a gateway's log gives reason for. */
export interface ProposedPath {
  /** As `allowPaths` takes it: `GET,POST /api/v1/notes/{id}`. */
  readonly line: string
  /** How often it was asked for, at least: the log has the first, tenth, hundredth … time. */
  readonly requests: number
  /** Which pages asked; at most 20. */
  readonly pages: readonly string[]
  /** Whether it was carried all the same, by `unlisted: "report"`. */
  readonly carried: boolean
}

/** Gathers them from the lines of a log. */
export interface PathProposals {
  /** @returns false for a line that does not name a path that was not listed */
  add(line: string): boolean
  /** The most frequent ones first. */
  list(): readonly ProposedPath[]
}

interface Gathered {
  readonly methods: Set<string>
  /** By method and page, the newest count of it. */
  readonly counts: Map<string, number>
  readonly pages: Set<string>
  carried: boolean
}

const methodOrder = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'upgrade']
const maxPaths = 10_000
const maxPages = 20

/** Makes the lines that would list what a log says was not listed. */
export function createPathProposals(): PathProposals {
  const paths = new Map<string, Gathered>()
  return {
    add(line) {
      const found = readLogLine(line)
      if (found === undefined) return false
      const { method, path, page, count, carried } = found
      const known = paths.get(path)
      if (known === undefined && paths.size >= maxPaths) return true
      const gathered = known ?? {
        methods: new Set(),
        counts: new Map(),
        pages: new Set(),
        carried: false,
      }
      paths.set(path, gathered)
      gathered.methods.add(method)
      gathered.carried ||= carried
      if (page !== undefined && gathered.pages.size < maxPages) gathered.pages.add(page)
      const key = `${method} ${page ?? ''}`
      gathered.counts.set(key, Math.max(count, gathered.counts.get(key) ?? 0))
      return true
    },
    list: () =>
      [...paths]
        .map(([path, { methods, counts, pages, carried }]) => ({
          line: `${inOrder(methods).join(',')} ${path}`,
          requests: [...counts.values()].reduce((sum, count) => sum + count, 0),
          pages: [...pages].sort(),
          carried,
        }))
        .sort((a, b) => b.requests - a.requests || (a.line < b.line ? -1 : 1)),
  }
}

/** HEAD comes with GET. */
const inOrder = (methods: ReadonlySet<string>) =>
  methodOrder.filter((one) => methods.has(one) && !(one === 'HEAD' && methods.has('GET')))

/** SECURITY: a log has what clients sent; whatever is not of the form that the gateway writes is not proposed. */
function readLogLine(line: string) {
  // Most lines are about other things.
  if (!line.includes('"path-not-listed"')) return undefined
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return undefined
  }
  if (!isObject(value) || value.event !== 'path-not-listed') return undefined
  const { method, path, page, count, carried } = value
  if (typeof method !== 'string' || !methodOrder.includes(method)) return undefined
  if (typeof path !== 'string' || typeof readPathPattern(path) === 'string') return undefined
  return {
    method,
    path,
    page: typeof page === 'string' ? page.slice(0, 400) : undefined,
    count: Number.isSafeInteger(count) ? Number(count) : 1,
    carried: carried === true,
  }
}
