import { createXrfkey, proxyPaths, qlikHeaders } from '../../protocol/index.ts'
import { type Cookies, toCookieHeader } from '../cookies.ts'
import { qlikErrors } from '../errors.ts'
import { type CallOptions, callQlik, type QlikAnswer } from '../http.ts'
import { refusalOf } from '../refusal.ts'
import type { DeploymentAddress } from '../session.ts'
import { causesOfRefusal } from './causes.ts'
import { proxyUrl, withXrfkey } from './proxy-url.ts'

/**
 * Asks for the CSRF token of a session: 204, no body, the token in a header.
 *
 * @returns undefined where the release has none (404)
 * @see https://help.qlik.com/en-US/sense-developer/, Qlik Sense Proxy Service API, Personal API
 */
export async function readCsrfToken(
  { deployment, cookies }: { deployment: DeploymentAddress; cookies: Cookies },
  options: CallOptions,
): Promise<string | undefined> {
  const { headers, query } = withXrfkey(createXrfkey(), { cookie: toCookieHeader(cookies) })
  const url = proxyUrl(deployment, proxyPaths.csrfToken, query)
  const answer = await callQlik({ url, headers }, options)
  if (answer.status === 404) return undefined
  const { call, status } = answer
  if (status < 200 || status > 299) {
    const causes = causesOfRefusal(status)
    // https://www.npmjs.com/package/@qlik/api 2.19.0: here 403 and redirects say that nobody is logged in.
    if (status === 403 || (status >= 300 && status <= 399))
      throw qlikErrors.ERR_QLIK_NOT_LOGGED_IN({ call, status, causes })
    throw refusalOf(answer, { secrets: [...cookies.values()], causes })
  }
  return csrfTokenOf(answer)
}

/** @throws ERR_QLIK_ANSWER when the answer has none */
export function csrfTokenOf({ headers, call }: QlikAnswer): string {
  const token = headers.get(qlikHeaders.csrfToken) ?? ''
  // It is sent back in a header and a query, and compared by Qlik as it stands.
  if (/^[\x21-\x7e]{1,1024}$/.test(token)) return token
  throw qlikErrors.ERR_QLIK_ANSWER({ call, problem: 'holds no CSRF token' })
}
