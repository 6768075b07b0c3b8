import { type QlikRefusal, qlikErrors } from './errors.ts'
import type { QlikAnswer } from './http.ts'

/**
 * Turns an answer that is no success into an error. The status class alone decides which; Qlik's
 * codes and texts are passed on for people to read, since most of them are documented nowhere.
 *
 * @param secrets what was sent and must not come back in an error: tokens, keys, cookies
 */
export function refusalOf(
  answer: QlikAnswer,
  options: { secrets: readonly string[]; login?: boolean },
): Error {
  const refusal = toRefusal(answer, options.secrets)
  const { status, call } = refusal
  if (status === 429) {
    const retryAfterSeconds = parseRetryAfter(answer.headers.get('retry-after'))
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

/** Parses a JSON object, or gives nothing. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    return value as Record<string, unknown>
  } catch {
    return undefined
  }
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

/** Seconds; a date or nonsense counts as a few seconds (RFC 9110 section 10.2.3). */
function parseRetryAfter(value: string | null): number {
  const seconds = /^\d{1,5}$/.test(value ?? '') ? Number(value) : 5
  return Math.max(1, seconds)
}
