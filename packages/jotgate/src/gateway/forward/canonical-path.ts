import { trimEndOf } from '../../values/index.ts'

/** A path in the one form that is decided on and sent. */
export interface CanonicalPath {
  /** Unreserved characters are themselves, other escapes are in upper case: RFC 3986 section 6.2.2. */
  readonly path: string
  /** Its segments; the last one is empty when the path ends with a slash. */
  readonly segments: readonly string[]
  /**
   * Its segments as the most generous server might understand them: decoded, without parameters after `;`,
   * without dots at their end, in lower case, without empty ones. Only for what is closed.
   */
  readonly folded: readonly string[]
}

/** A target of a request is at most so long (server/ refuses longer ones first). */
const maxLength = 8000

/**
 * Reads a path that came with a request.
 *
 * SECURITY: two servers may understand one path differently, so whatever may be understood in two ways is
 * refused: a segment that is dots, also encoded, in other Unicode forms or before a `;`; an encoded slash,
 * backslash or control character; an escape that hides another one; an empty segment; what is not UTF-8.
 *
 * @returns undefined when it is ambiguous
 */
export function readCanonicalPath(path: string): CanonicalPath | undefined {
  if (!path.startsWith('/') || path.length > maxLength) return undefined
  const parts = path.slice(1).split('/')
  const segments: string[] = []
  const folded: string[] = []
  for (const [at, part] of parts.entries()) {
    if (part === '') {
      if (at < parts.length - 1) return undefined
      segments.push('')
      continue
    }
    const plain = readSegment(part)
    if (plain === undefined) return undefined
    segments.push(toCanonicalSegment(part))
    folded.push(plain)
  }
  return { path: `/${segments.join('/')}`, segments, folded }
}

/** A segment with unreserved characters decoded. */
export function toCanonicalSegment(segment: string): string {
  return segment.replace(/%[0-9a-f]{2}/gi, (escaped) => {
    const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16))
    return /[\w.~-]/.test(character) ? character : escaped.toUpperCase()
  })
}

/** @returns what the segment is folded to; undefined when it is ambiguous */
export function readSegment(segment: string): string | undefined {
  // What no browser leaves unencoded in a path: https://url.spec.whatwg.org/#path-percent-encode-set
  if (/[^\x21-\x7e]|["#<>?\\`{}]/.test(segment)) return undefined
  let decoded: string
  try {
    // Strict UTF-8: an overlong form of a slash or a dot throws, and so does a lone percent sign.
    decoded = decodeURIComponent(segment)
  } catch {
    return undefined
  }
  const unified = decoded.normalize('NFKC')
  if (/[/\\\p{Cc}]|%[0-9a-f]{2}/iu.test(unified)) return undefined
  const [name = ''] = unified.toLowerCase().split(';', 1)
  const folded = trimEndOf(name, '. ')
  return folded === '' ? undefined : folded
}
