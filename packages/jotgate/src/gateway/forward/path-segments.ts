import { trimEndOf } from '../../values/index.ts'

/** The segments of a path, decoded; the last one is empty when the path ends with a slash. */
export function toSegments(path: string): readonly string[] {
  const segments = path.slice(1).split('/')
  return path.includes('%') ? segments.map(decodeURIComponent) : segments
}

/**
 * A segment as the most generous server might understand it: without parameters after `;`, without dots and
 * spaces at its end, in lower case and in one Unicode form. Only for what is closed.
 */
export function foldSegment(segment: string): string {
  if (isPlain.test(segment)) return segment
  const [name = ''] = segment.normalize('NFKC').toLowerCase().split(';', 1)
  return trimEndOf(name, '. ')
}

const isPlain = /^[a-z\d-]*$/
