import { browserErrors, type LoginRefusal } from './errors.ts'
import type { DirectOptions } from './options.ts'
import { pageOrigin, qlikUnreachable, timedFetch } from './timed-fetch.ts'

/** Gives the token to Qlik, which sets its cookies in this browser. */
export async function openQlikSession(token: string, options: DirectOptions): Promise<void> {
  const { url, webIntegrationId } = options
  // In the query as well: a CORS preflight has no headers of ours, and Qlik may judge it by the ID.
  const address = `${url}/login/jwt-session?qlik-web-integration-id=${webIntegrationId}`
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
        'qlik-web-integration-id': webIntegrationId,
      },
    },
    { ...options, unreachable: qlikUnreachable(url) },
  )
  const { status } = response
  if (response.ok) return
  const call = `${url}/login/jwt-session`
  if (status === 429 || status >= 500)
    throw browserErrors.ERR_BROWSER_QLIK_FAILED({ url: call, status })
  throw browserErrors.ERR_BROWSER_LOGIN_REFUSED({
    url: call,
    status,
    ...parseProblem(await response.text().catch(() => ''), token),
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
  const call = `${url}/api/v1/csrf-token`
  const response = await askForCsrfToken(options)
  const { status } = response
  if (status === 429 || status >= 500)
    throw browserErrors.ERR_BROWSER_QLIK_FAILED({ url: call, status })
  if (!response.ok) {
    if (isFresh) throw browserErrors.ERR_BROWSER_COOKIES_BLOCKED({ url, pageOrigin: pageOrigin() })
    throw browserErrors.ERR_BROWSER_QLIK_FAILED({ url: call, status })
  }
  const token = response.headers.get('qlik-csrf-token')
  if (token === null || token === '') throw browserErrors.ERR_BROWSER_CSRF_TOKEN({ url: call })
  return token
}

export function askForCsrfToken(options: DirectOptions): Promise<Response> {
  const { url, webIntegrationId } = options
  return timedFetch(
    `${url}/api/v1/csrf-token?qlik-web-integration-id=${webIntegrationId}`,
    {
      mode: 'cors',
      credentials: 'include',
      cache: 'no-store',
      redirect: 'error',
      headers: { 'qlik-web-integration-id': webIntegrationId },
    },
    { ...options, unreachable: qlikUnreachable(url) },
  )
}

/** Qlik's own words, for a person to read; an answer that quotes the token is not repeated. */
function parseProblem(text: string, token: string): Omit<LoginRefusal, 'url' | 'status'> {
  const problem: Omit<LoginRefusal, 'url' | 'status'> = {}
  let envelope: { errors?: unknown; traceId?: unknown } | null = null
  try {
    envelope = JSON.parse(text)
  } catch {
    return problem
  }
  const [first] = Array.isArray(envelope?.errors) ? envelope.errors : []
  const words = { ...first, traceId: envelope?.traceId } as Record<string, unknown>
  for (const name of ['code', 'title', 'detail', 'traceId'] as const) {
    const value = words[name]
    if (typeof value !== 'string' || value === '') continue
    if (token.split('.').some((part) => part.length >= 8 && value.includes(part))) continue
    problem[name] = value.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ').slice(0, 300)
  }
  return problem
}
