import type { Logger } from 'pino'
import type { GatewayRequest } from '../request.ts'

/** What people's pages asked for and the allow-list does not have. */
export interface RefusedPaths {
  /**
   * Notes a request of somebody who is logged in. A log line tells its first, tenth, hundredth … time.
   *
   * @param method of the request; `upgrade` for a web socket
   * @param isCarried whether it was carried all the same
   */
  note(request: GatewayRequest, method: string, path: string, isCarried: boolean): void
}

/** What a log line of a path that is not listed has; `jotgate gateway paths` reads it. */
export interface RefusedPathLine {
  readonly event: 'path-not-listed'
  readonly method: string
  /** With `{id}` for what looks like an ID. */
  readonly path: string
  /** Which page asked: origin and path of the Referer. */
  readonly page: string | undefined
  readonly count: number
  readonly carried: boolean
}

/** How many different ones are counted; whoever asks for more of them is trying paths out. */
const maxEntries = 1000

/** Counts them in a bounded table. */
export function createRefusedPaths(log: Logger | undefined): RefusedPaths {
  const counts = new Map<string, number>()
  let isFullTold = false
  return {
    note(request, method, asked, carried) {
      const path = toReportedPath(asked)
      const page = pageOf(request.field('referer'))
      const key = JSON.stringify([method, path, page])
      const known = counts.get(key)
      if (known === undefined && counts.size >= maxEntries) {
        if (!isFullTold) log?.warn({ event: 'paths-not-listed-full', max: maxEntries })
        isFullTold = true
        return
      }
      const count = (known ?? 0) + 1
      counts.set(key, count)
      if (!/^10*$/.test(String(count))) return
      const line: RefusedPathLine = { event: 'path-not-listed', method, path, page, count, carried }
      log?.warn(line, 'a path is not on the allow-list')
    },
  }
}

/** The path with `{id}` for what looks like an ID or may be a secret; at most 300 characters. */
function toReportedPath(path: string): string {
  return path
    .split('/', 30)
    .map((segment) => (isId(segment) ? '{id}' : segment))
    .join('/')
    .slice(0, 300)
}

/** 24 hex digits, a UUID, or anything long with digits in it. */
function isId(segment: string): boolean {
  if (segment.length > 60) return true
  return segment.length >= 16 && /^[\w-]+$/.test(segment) && /\d/.test(segment)
}

/** Origin and path of a page; its query may hold anything. */
function pageOf(referer: string | undefined): string | undefined {
  if (referer === undefined || referer.length > 4096 || !URL.canParse(referer)) return undefined
  const { protocol, origin, pathname } = new URL(referer)
  if (protocol !== 'https:' && protocol !== 'http:') return undefined
  return `${origin}${toReportedPath(pathname)}`
}
