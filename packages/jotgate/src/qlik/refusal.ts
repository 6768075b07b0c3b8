import { parseQlikProblem } from '../protocol/index.ts'
import { qlikErrors } from './errors.ts'
import type { QlikAnswer } from './http.ts'

/**
 * Turns an answer that is not a success into an error. The status class alone decides which; Qlik's
 * codes and texts are passed on for people to read, since most of them are documented nowhere.
 *
 * @param options.secrets what was sent and must not come back in an error: tokens, keys, cookies
 * @param options.causes what the status may come from, by what the product's part knows of it
 */
export function refusalOf(
  answer: QlikAnswer,
  options: {
    secrets: readonly string[]
    login?: boolean
    clock?: () => number
    causes?: readonly string[]
  },
): Error {
  const { call, status, text } = answer
  const { causes = [], secrets } = options
  const likely = causes.length === 0 ? {} : { causes }
  const refusal = { call, status, ...parseQlikProblem(text, secrets), ...likely }
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

const asctime = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/
const maxRetryAfterSeconds = 86_400

/**
 * Whole seconds, or a date in one of the three forms of RFC 9110 section 5.6.7; nonsense counts as a few
 * seconds. A date is compared with Qlik's own clock where the answer has its time.
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
