import type { ClosedPath, GatewayRules } from '../../qlik/index.ts'
import { joinWords, kindOf } from '../../values/index.ts'
import { gatewayErrors } from '../errors.ts'
import { rememberNames } from '../remember.ts'
import type { Route } from './decision.ts'
import { createPatternTable, type PathPattern, readPathPattern } from './path-patterns.ts'
import { foldSegment, toSegments } from './path-segments.ts'

/** What the allow-list says of a request. */
export type PathVerdict =
  | { readonly verdict: 'listed'; readonly route: Route }
  /** No line has it. `route` is there where `unlisted` is `report`: it is carried, and reported. */
  | { readonly verdict: 'unlisted'; readonly route?: Route }
  /** Administration: no setting opens it. */
  | { readonly verdict: 'closed' }

/** Which paths of Qlik are carried. */
export interface AllowList {
  /**
   * @param method of the request; `upgrade` for a web socket
   * @param path one that `readRequest` has checked, so that it has one meaning
   */
  find(method: string, path: string): PathVerdict
  /**
   * Whether a line has the path, for whatever method: with `sameOrigin`, others are the host application's.
   *
   * @param path as it came
   */
  covers(path: string): boolean
}

/** What of a product is carried, and what is added. */
export interface AllowListOptions {
  readonly rules: GatewayRules
  /** Sets of lines; all that the product has when omitted. */
  readonly presets?: readonly string[]
  /** Further lines, such as `GET /api/v1/data-files/*`. At most 1000. */
  readonly allowPaths?: readonly string[]
  /** What happens with other paths. Default `deny`. */
  readonly unlisted?: 'deny' | 'report'
}

/** Of method and path: each page asks for the same ones. */
const maxKnownLength = 200

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'upgrade'] as const

/**
 * Makes the allow-list of a gateway. What the product closes stays closed, whatever is allowed.
 *
 * @throws ERR_GATEWAY_OPTION
 */
export function createAllowList(options: AllowListOptions): AllowList {
  const { rules, unlisted = 'deny' } = options
  if (unlisted !== 'deny' && unlisted !== 'report')
    throw wrong('unlisted', 'must be deny or report')
  const isClosed = createClosed(rules)
  const table = createPatternTable<Line>()
  const add = (line: Omit<Line, 'order'>, order: number) =>
    table.add(patternOf(line.route.pattern), { ...line, order })
  for (const [order, line] of [
    ...readPresets(rules, options.presets),
    ...readLines(options.allowPaths, isClosed),
  ].entries())
    add(line, order)

  const find = (line: string): PathVerdict => {
    const at = line.indexOf(' ')
    const [method, path] = [line.slice(0, at), line.slice(at + 1)]
    const segments = toSegments(path)
    if (isClosed(method, segments)) return { verdict: 'closed' }
    let best: Line | undefined
    for (const line of table.match(segments))
      if (line.methods.has(method) && (best === undefined || line.order < best.order)) best = line
    if (best !== undefined) return { verdict: 'listed', route: best.route }
    return unlisted === 'report'
      ? { verdict: 'unlisted', route: unlistedRoute }
      : { verdict: 'unlisted' }
  }
  const known = rememberNames(find, maxKnownLength)

  return Object.freeze<AllowList>({
    find: (method, path) => known(`${method} ${path}`),
    covers(path) {
      try {
        return table.match(toSegments(path)).length > 0
      } catch {
        // It is not percent-encoded UTF-8.
        return false
      }
    },
  })
}

interface Line {
  readonly methods: ReadonlySet<string>
  readonly route: Route
  /** Where several lines match, the first one counts. */
  readonly order: number
}

/** Its answers are treated like those of the REST interfaces, most of which hold addresses. */
export const unlistedRoute: Route = Object.freeze<Route>({
  access: 'session',
  pattern: 'unlisted',
  rewrites: true,
})

/** Lines of the product. */
function readPresets(rules: GatewayRules, presets: unknown): Omit<Line, 'order'>[] {
  const known = [...new Set(rules.paths.map(({ preset }) => preset))]
  if (presets !== undefined && !Array.isArray(presets))
    throw wrong('presets', `must be an array, not ${kindOf(presets)}`)
  for (const [at, one] of (presets ?? []).entries())
    if (!known.includes(one)) throw wrong(`presets[${at}]`, `must be ${joinWords(known, 'or')}`)
  return rules.paths
    .filter(({ preset }) => presets === undefined || presets.includes(preset))
    .map(({ methods: own, pattern, access, rewrites }) => ({
      methods: withHead(own),
      route: Object.freeze<Route>({ access, pattern, rewrites }),
    }))
}

/** Lines of the configuration: `GET /path`, or `GET,POST /path`. */
function readLines(given: unknown, isClosed: IsClosed): Omit<Line, 'order'>[] {
  if (given === undefined) return []
  if (!Array.isArray(given) || given.length > 1000)
    throw wrong('allowPaths', 'must be an array of at most 1000 lines')
  return given.map((line, at) => {
    const option = `allowPaths[${at}]`
    if (typeof line !== 'string') throw wrong(option, `must be a string, not ${kindOf(line)}`)
    const [names = '', pattern = '', ...more] = line.trim().split(/ +/)
    if (pattern === '' || more.length > 0)
      throw wrong(option, 'must be methods, a space and a path, such as GET /api/v1/data-files/*')
    const own = names.split(',')
    const unknown = own.find((name) => !methods.some((one) => one === name))
    if (unknown !== undefined)
      throw wrong(
        option,
        `has the method ${JSON.stringify(unknown)}; it must be ${joinWords(methods, 'or')}`,
      )
    const read = readPathPattern(pattern)
    if (typeof read === 'string') throw wrong(option, `has a path that ${read}`)
    const sample = read.segments.map((segment) => segment ?? 'x')
    const closed = own.find((method) => isClosed(method, sample))
    if (closed !== undefined)
      throw wrong(option, `is administration of Qlik, which no setting opens for ${closed}`)
    const rewrites = read.segments[0] === 'api'
    return {
      methods: withHead(own),
      route: Object.freeze<Route>({ access: 'session', pattern, rewrites }),
    }
  })
}

/** What is there is answered by the gateway, or by nobody. */
const gatewayItself: ClosedPath = { pattern: '/.jotgate/*' }

/** Whether a path is closed for a method, by the most generous reading of its segments. */
type IsClosed = (method: string, segments: readonly string[]) => boolean

function createClosed(rules: GatewayRules): IsClosed {
  const closed = createPatternTable<number>()
  const readable = createPatternTable<number>()
  for (const [at, line] of [...rules.closed, gatewayItself].entries()) {
    closed.add(foldPattern(patternOf(line.pattern)), at)
    for (const one of line.readable ?? []) readable.add(foldPattern(patternOf(one)), at)
  }
  return (method, segments) => {
    const folded = segments.map(foldSegment).filter((segment) => segment !== '')
    const matches = closed.match(folded)
    if (matches.length === 0) return false
    const open = method === 'GET' || method === 'HEAD' ? readable.match(folded) : []
    return matches.some((at) => !open.includes(at))
  }
}

const foldPattern = ({ segments, hasRest }: PathPattern): PathPattern => ({
  segments: segments.map((segment) => (segment === undefined ? undefined : foldSegment(segment))),
  hasRest,
})

/** Of the product's own patterns, whose form a test of qlik/ holds. */
function patternOf(pattern: string): PathPattern {
  const read = readPathPattern(pattern)
  if (typeof read === 'string') throw new TypeError(`The pattern ${pattern} ${read}`)
  return read
}

const withHead = (names: readonly string[]): ReadonlySet<string> =>
  new Set(names.includes('GET') ? [...names, 'HEAD'] : names)

const wrong = (option: string, problem: string) =>
  gatewayErrors.ERR_GATEWAY_OPTION({ option: `paths.${option}`, problem })
