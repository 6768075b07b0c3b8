import { parseQlikProblem, qlikHeaders, qlikPaths } from '../../../protocol/index.ts'
import { browserErrors } from '../../errors.ts'
import type { DirectOptions } from '../direct-options.ts'
import { pageOrigin, qlikUnreachable, timedFetch } from '../timed-fetch.ts'

/** Gives the token to Qlik, which sets its cookies in this browser. */
export async function openQlikSession(token: string, options: DirectOptions): Promise<void> {
  const { url, webIntegrationId } = options
  const address = withIntegration(url + qlikPaths.jwtSession, webIntegrationId)
  const response = await timedFetch(
    address,
    {
      method: 'POST',
      mode: 'cors',
      credentials: 'include',
      cache: 'no-store',
      redirect: 'error',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        [qlikHeaders.webIntegrationId]: webIntegrationId,
      },
    },
    { ...options, unreachable: qlikUnreachable(url) },
  )
  const { status } = response
  if (response.ok) return
  const call = url + qlikPaths.jwtSession
  if (status === 429 || status >= 500)
    throw browserErrors.ERR_BROWSER_QLIK_FAILED({ url: call, status })
  throw browserErrors.ERR_BROWSER_LOGIN_REFUSED({
    url: call,
    status,
    ...parseQlikProblem(await response.text().catch(() => ''), [token]),
  })
}

/**
 * Asks Qlik for the CSRF token of the session.
 *
 * @param isFresh whether the session was opened just now: if Qlik does not know it all the same, this
 * browser keeps Qlik's cookies back
 */
export async function getCsrfToken(options: DirectOptions, isFresh: boolean): Promise<string> {
  const { url } = options
  const call = url + qlikPaths.csrfToken
  const response = await askForCsrfToken(options)
  const { status } = response
  if (status === 429 || status >= 500)
    throw browserErrors.ERR_BROWSER_QLIK_FAILED({ url: call, status })
  if (!response.ok) {
    if (isFresh) throw browserErrors.ERR_BROWSER_COOKIES_BLOCKED({ url, pageOrigin: pageOrigin() })
    throw browserErrors.ERR_BROWSER_QLIK_FAILED({ url: call, status })
  }
  const token = response.headers.get(qlikHeaders.csrfToken)
  if (token === null || token === '') throw browserErrors.ERR_BROWSER_CSRF_TOKEN({ url: call })
  return token
}

function askForCsrfToken(options: DirectOptions): Promise<Response> {
  const { url, webIntegrationId } = options
  return timedFetch(
    withIntegration(url + qlikPaths.csrfToken, webIntegrationId),
    {
      mode: 'cors',
      credentials: 'include',
      cache: 'no-store',
      redirect: 'error',
      headers: { [qlikHeaders.webIntegrationId]: webIntegrationId },
    },
    { ...options, unreachable: qlikUnreachable(url) },
  )
}

/** Qlik documents no CORS for /logout: the page cannot read the answer, and looks afterwards. */
export async function endQlikSession(options: DirectOptions): Promise<void> {
  const { url } = options
  await timedFetch(
    `${url}/logout`,
    { mode: 'no-cors', credentials: 'include', cache: 'no-store', keepalive: true },
    { ...options, unreachable: qlikUnreachable(url) },
  )
  const after = await askForCsrfToken(options)
  if (after.ok) throw browserErrors.ERR_BROWSER_LOGOUT({ url })
}

/** In the query as well: a CORS preflight has none of the page's headers, and Qlik may decide it by the ID. */
const withIntegration = (address: string, id: string) =>
  `${address}?${qlikHeaders.webIntegrationId}=${id}`
