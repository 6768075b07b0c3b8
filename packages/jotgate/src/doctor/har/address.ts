import { type Redactor, removed } from './secrets.ts'

/** Parameters whose values say what was asked for and give no access. */
const publicParameters = new Set([
  'qlik-web-integration-id',
  'appid',
  'obj',
  'sheet',
  'theme',
  'lang',
  'opt',
  'prompt',
  'response_type',
  'error',
])

/** An address to be shown: without its user, password and fragment, and without values that may be secrets. */
export function shownAddress(url: URL, { clean, cleanForeign }: Redactor): string {
  const path = shownPath(url, { clean, cleanForeign })
  const names = [...url.searchParams].map(([name, value]) => {
    const isPublic = publicParameters.has(name) && /^[\w.,:-]{1,80}$/.test(value)
    return `${cleanForeign(name)}=${isPublic ? value : removed}`
  })
  return clean(
    `${url.protocol}//${url.host}${path}${names.length === 0 ? '' : `?${names.join('&')}`}`,
  )
}

/** The path of an address, without what may be a secret. */
export function shownPath(url: URL, { clean, cleanForeign }: Redactor): string {
  const segments = url.pathname.split('/')
  const shown = segments.map((segment, index) =>
    shownSegment(segment, segments[index - 1] ?? '', cleanForeign),
  )
  return clean(shown.join('/'))
}

/** IDs of apps and users stay, since a case is about them. */
function shownSegment(
  segment: string,
  before: string,
  cleanForeign: (text: string) => string,
): string {
  const isHandedOut = /^(session|ticket|invite|magic|reset|token)s?$/i.test(before)
  if (isHandedOut && (/\d/.test(segment) || segment.length >= 20)) return removed
  if (isId(segment)) return segment
  if (isMixed(segment)) return removed
  if (segment.length < 20 && !segment.includes('=')) return segment
  return cleanForeign(segment)
}

/** Letters of both cases and digits, without the ending of a file: made by a machine, and perhaps a key to something. */
const isMixed = (segment: string) =>
  segment.length >= 12 &&
  !segment.includes('.') &&
  [/[a-z]/, /[A-Z]/, /\d/].every((kind) => kind.test(segment))

const isId = (segment: string) =>
  /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{24})$/i.test(segment)
