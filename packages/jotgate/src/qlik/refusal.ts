import { type QlikRefusal, qlikErrors } from './errors.ts'
import type { QlikAnswer } from './http.ts'
import { parseObject } from './json-object.ts'

/**
 * Turns an answer that is no success into an error. The status class alone decides which; Qlik's
 * codes and texts are passed on for people to read, since most of them are documented nowhere.
 *
 * @param secrets what was sent and must not come back in an error: tokens, keys, cookies
 */
export function refusalOf(
  answer: QlikAnswer,
  options: { secrets: readonly string[]; login?: boolean; clock?: () => number },
): Error {
  const refusal = toRefusal(answer, options.secrets)
  const { status, call } = refusal
  if (status === 429) {
    const retryAfterSeconds = parseRetryAfter(answer.headers, options.clock ?? Date.now)
    return qlikErrors.ERR_QLIK_RATE_LIMITED({ ...refusal, retryAfterSeconds })
  }
  if (status >= 500) return qlikErrors.ERR_QLIK_FAILED(refusal)
  if (status >= 400 && options.login === true) return qlikErrors.ERR_QLIK_LOGIN_REFUSED(refusal)
  if (status === 401) return qlikErrors.ERR_QLIK_NOT_LOGGED_IN(refusal)
  if (status >= 400) return qlikErrors.ERR_QLIK_REFUSED(refusal)
  return qlikErrors.ERR_QLIK_ANSWER({ call, problem: `has the unexpected status ${status}` })
}

/** The envelope of Qlik's errors: `{ errors: [{ code, title, detail?, status? }], traceId? }`. */
function toRefusal(answer: QlikAnswer, secrets: readonly string[]): QlikRefusal {
  const refusal: QlikRefusal = { call: answer.call, status: answer.status }
  const envelope = parseObject(answer.text)
  const [first] = Array.isArray(envelope?.errors) ? envelope.errors : []
  const error = typeof first === 'object' && first !== null ? first : {}
  for (const name of ['code', 'title', 'detail'] as const) {
    const text = cleaned(error[name], secrets)
    if (text !== undefined) refusal[name] = text
  }
  const traceId = envelope?.traceId
  if (typeof traceId === 'string' && /^[0-9a-f-]{1,64}$/i.test(traceId)) refusal.traceId = traceId
  return refusal
}

/** Foreign text on its way to a log: one line, short, and without anything secret. */
function cleaned(value: unknown, secrets: readonly string[]): string | undefined {
  if (typeof value !== 'string') return undefined
  let text = value.slice(0, 4096)
  // The parts of a token one by one: an answer may quote its payload or its signature alone.
  const parts = secrets.flatMap((secret) => [secret, ...secret.split('.')])
  for (const part of parts) if (part.length >= 8) text = text.replaceAll(part, '[secret]')
  text = text
    .replaceAll(/eyJ[\w-]{8,}(\.[\w-]*)*/g, '[secret]')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu, ' ')
    .trim()
  return text === '' ? undefined : text.slice(0, 300)
}

const asctime = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/
const maxRetryAfterSeconds = 86_400

/**
 * Whole seconds, or a date in one of the three forms of RFC 9110 section 5.6.7; nonsense counts as a few
 * seconds. A date is held against Qlik's own clock where the answer tells it.
 */
function parseRetryAfter(headers: Headers, clock: () => number): number {
  const value = headers.get('retry-after')?.trim() ?? ''
  const seconds = /^\d+$/.test(value)
    ? Number(value)
    : (parseHttpDate(value) - (parseHttpDate(headers.get('date') ?? '') || clock())) / 1000
  if (Number.isNaN(seconds)) return 5
  return Math.min(maxRetryAfterSeconds, Math.max(1, Math.ceil(seconds)))
}

function parseHttpDate(value: string): number {
  if (asctime.test(value)) return Date.parse(`${value} GMT`)
  return /^[A-Z][a-z]{2,8}, .* GMT$/.test(value) ? Date.parse(value) : Number.NaN
}
