import { isObject, parseJsonObject } from '../values/index.ts'
import { redact } from './redact.ts'
import { visibleText } from './visible-text.ts'

/** Qlik's own words about an error, for people to read; most of its codes are documented nowhere. */
export interface QlikProblem {
  code?: string
  title?: string
  detail?: string
  /** Qlik's name for the request, for its support. */
  traceId?: string
}

/**
 * Reads what Qlik says of an error: the envelope of Qlik Cloud, `{ errors: [{ code, title, detail? }], traceId? }`,
 * or the plain text or HTML page of client-managed Qlik, which become the detail. What it does not find is
 * omitted, and no secret is repeated.
 *
 * @param secrets what was sent and must not come back: tokens, keys, cookies
 */
export function parseQlikProblem(text: string, secrets: readonly string[]): QlikProblem {
  const problem: QlikProblem = {}
  const envelope = parseJsonObject(text)
  if (envelope === undefined) {
    const detail = redact(wordsOf(text), secrets)
    return detail === '' ? {} : { detail }
  }
  const [first] = Array.isArray(envelope.errors) ? envelope.errors : []
  const error = isObject(first) ? first : {}
  for (const name of ['code', 'title', 'detail'] as const) {
    const value = error[name]
    const clean = typeof value === 'string' ? redact(value, secrets) : ''
    if (clean !== '') problem[name] = clean
  }
  const { traceId } = envelope
  if (typeof traceId === 'string' && /^[0-9a-f-]{1,64}$/i.test(traceId)) problem.traceId = traceId
  return problem
}

/** JSON of another form is not meant for people, but a string alone is. */
function wordsOf(text: string): string {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'string' ? value : ''
  } catch {
    return visibleText(text)
  }
}
