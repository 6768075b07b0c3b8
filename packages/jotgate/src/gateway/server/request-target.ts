import { gatewayErrors } from '../errors.ts'

/** The target of a request, as it came. */
export interface RequestTarget {
  readonly path: string
  /** With its question mark; empty when there is none. */
  readonly query: string
}

/**
 * Checks the target of a request: origin-form only, and a path that has one meaning. Nothing is changed,
 * so that what is decided on is what is sent.
 *
 * SECURITY: servers differ in how they decode, merge and resolve paths. Whatever two of them could read
 * differently is refused: dot segments in any encoding, encoded slashes, double encoding, overlong UTF-8, letters
 * that are encoded without need, and characters that Windows takes for dots and slashes.
 *
 * @throws ERR_GATEWAY_REQUEST, ERR_GATEWAY_REQUEST_TARGET
 */
export function readTarget(target: string, maxBytes: number): RequestTarget {
  if (target.length > maxBytes) throw gatewayErrors.ERR_GATEWAY_REQUEST_TARGET({ maxBytes })
  // RFC 9112 section 3.2.1: everything else is for proxies and for OPTIONS of a whole server.
  if (!target.startsWith('/')) throw refused('does not begin its path with a slash')
  if (target.startsWith('//')) throw refused('begins its path with two slashes')
  if (isForeign.test(target))
    throw refused('has a character in its path or query that must be percent-encoded')
  const at = target.indexOf('?')
  const path = at === -1 ? target : target.slice(0, at)
  const problem = pathProblem(path)
  if (problem !== undefined) throw refused(problem)
  return { path, query: at === -1 ? '' : target.slice(at) }
}

/** Anything but visible ASCII, and the two characters that a URL parser cuts at or turns into a slash. */
const isForeign = /[^\x21-\x7e]|[#\\]/

/** Says in which way a path of visible ASCII has more than one meaning; undefined when it has one. */
export function pathProblem(path: string): string | undefined {
  const decoded = path.includes('%') ? decodeOnce(path) : path
  if (decoded === undefined) return 'has a path that is not percent-encoded UTF-8'
  if (isNeedless.test(path)) return 'percent-encodes letters, digits, dots or the like in its path'
  if (decoded !== path) {
    if (isEncodedSlash.test(path)) return 'percent-encodes a slash or backslash in its path'
    if (/\p{Cc}/u.test(decoded)) return 'has an encoded control character in its path'
    if (isEncoded.test(decoded)) return 'has a path that is percent-encoded twice'
  }
  // As Windows reads it: full-width forms of dots and slashes become the plain ones.
  const folded = decoded === path ? path : decoded.normalize('NFKC')
  if (folded !== decoded && countSlashes(folded) !== countSlashes(decoded))
    return 'has a character in its path that some servers read as a slash'
  if (/\/[. ]/.test(folded) && folded.split('/').some(isDots))
    return 'has a dot segment in its path'
  return undefined
}

/** A segment of dots alone, without what some servers cut off (`;…`, `?…`) and Windows drops (spaces). */
const isDots = (segment: string) => /^ *\.[. ]*(?:[;?#]|$)/.test(segment)

/** Encoded unreserved characters but `~`, which older libraries encode: RFC 3986 section 6.2.2.2. */
const isNeedless = /%(?:2[dDeE]|3\d|[46][1-9a-fA-F]|[57][0-9aA]|5[fF])/

const isEncodedSlash = /%(?:2[fF]|5[cC])/

/** What a second decoding would decode, in Microsoft's form too. */
const isEncoded = /%(?:[\da-f]{2}|u[\da-f]{4})/i

const countSlashes = (text: string) => text.replaceAll(/[^/\\]/g, '').length

/** Strict: undefined for what is not UTF-8, overlong forms among it. */
function decodeOnce(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}

const refused = (problem: string) => gatewayErrors.ERR_GATEWAY_REQUEST({ problem })
