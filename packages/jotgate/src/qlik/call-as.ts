import { productFor } from './product-for.ts'
import { makeRestCall, type RestAnswer, type RestCall } from './rest-call.ts'
import type { QlikSession } from './session.ts'

/**
 * Makes one REST call as the user whose session it is.
 *
 * The session's cookies and CSRF token go with it, and to the deployment's own origin only. GET and HEAD
 * follow redirects there. A write that is refused with 403 is sent a second time when Qlik, asked again, gives
 * another CSRF token than the one that was sent. Nothing else is sent twice.
 *
 * @param session what `openSession` gave
 * @param call.path path and query, behind the prefix of a virtual proxy; or a whole address of the
 * deployment's origin
 * @param call.method GET when omitted
 * @param call.headers more fields; none of those that make the call the user's
 * @param call.body a text or bytes
 * @param call.timeoutMs 60000 when omitted, 1 to 3600000; the body included
 * @param call.maxBytes 16 MiB when omitted; `Infinity` for downloads
 * @returns a 2xx answer
 * @throws ERR_QLIK_NOT_LOGGED_IN (401), ERR_QLIK_RATE_LIMITED (429, with `retryAfterSeconds`),
 * ERR_QLIK_REFUSED (other 4xx) or ERR_QLIK_FAILED (5xx) with Qlik's own words; ERR_QLIK_REDIRECT when
 * the answer points to another origin; ERR_QLIK_ANSWER for one that is too large, or an HTML page that
 * `headers.accept` did not ask for; ERR_QLIK_UNREACHABLE, ERR_QLIK_TIMEOUT, ERR_QLIK_BROKEN_OFF;
 * ERR_QLIK_OPTION for a wrong option
 * @see https://qlik.dev/apis/rest/
 * @example
 * import { callAs, type QlikSession } from 'jotgate/qlik'
 *
 * async function createSpace(session: QlikSession, name: string) {
 *   const body = JSON.stringify({ name, type: 'shared' })
 *   const answer = await callAs(session, { method: 'POST', path: '/api/v1/spaces', body })
 *   return answer.json()
 * }
 */
export async function callAs(session: QlikSession, call: RestCall): Promise<RestAnswer> {
  return makeRestCall(productFor(session.deployment), session, call)
}
