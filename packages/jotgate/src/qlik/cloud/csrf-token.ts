import { qlikHeaders, qlikPaths } from '../../protocol/index.ts'
import { type Cookies, toCookieHeader } from '../cookies.ts'
import { qlikErrors } from '../errors.ts'
import { type CallOptions, callQlik } from '../http.ts'
import type { SessionCallOptions } from '../product.ts'
import { refusalOf } from '../refusal.ts'

/**
 * Asks Qlik Cloud for the CSRF token of a session. `openSession` usually has it already; this is
 * for a session whose token was refused.
 *
 * @param options.session what `openSession` gave; `fetch`, `timeoutMs` and `signal` as there
 * @throws ERR_QLIK_NOT_LOGGED_IN when the session has ended, or another error of the part
 * @see https://qlik.dev/apis/rest/csrf-token/
 * @example
 * import { getCsrfToken, type QlikSession } from 'jotgate/qlik'
 *
 * async function renewed(session: QlikSession): Promise<string> {
 *   return getCsrfToken({ session })
 * }
 */
export function getCsrfToken(options: SessionCallOptions): Promise<string> {
  return readCsrfToken(options.session, options)
}

/** 204, no body, the token in a header. */
export async function readCsrfToken(
  from: { deployment: { url: string }; cookies: Cookies },
  options: CallOptions,
): Promise<string> {
  const url = new URL(qlikPaths.csrfToken, from.deployment.url)
  const headers = { cookie: toCookieHeader(from.cookies) }
  const answer = await callQlik({ url, headers }, options)
  if (answer.status < 200 || answer.status > 299)
    throw refusalOf(answer, { secrets: [...from.cookies.values()] })
  const token = answer.headers.get(qlikHeaders.csrfToken) ?? ''
  // It is sent back in a header and a query, and compared by Qlik as it stands.
  if (/^[\x21-\x7e]{1,1024}$/.test(token)) return token
  throw qlikErrors.ERR_QLIK_ANSWER({ call: answer.call, problem: 'holds no CSRF token' })
}
