import {
  parseQlikProblem,
  parseQlikUser,
  type QlikUser,
  qlikHeaders,
  qlikPaths,
} from '../../../protocol/index.ts'
import { browserErrors } from '../../errors.ts'
import type { DirectOptions } from '../direct-options.ts'
import type { HostToken } from '../host-token.ts'
import { pageOrigin } from '../page-globals.ts'
import { retryAfterSeconds, timedFetch } from '../timed-fetch.ts'
import { identifyPage } from './page-identity.ts'

/** The session that Qlik's cookies in this browser stand for. */
export interface QlikSession {
  readonly subject: string
  readonly csrfToken: string
}

/** Gives the token to Qlik, which sets its cookies in this browser. */
export async function openQlikSession(host: HostToken, options: DirectOptions): Promise<void> {
  const headers = { authorization: `Bearer ${host.token}`, 'content-type': 'application/json' }
  const response = await ask(qlikPaths.jwtSession, { method: 'POST', headers }, options)
  const { status } = response
  const url = options.url + qlikPaths.jwtSession
  if (response.ok) return
  assertAvailable(response, url)
  const problem = parseQlikProblem(await response.text().catch(() => ''), [host.token])
  const refusal = { url, status, ...problem }
  // Qlik's code for an origin that the web integration does not list.
  if (problem.code === 'LOGIN-10') {
    const details = { reason: 'origin-not-listed', pageOrigin: pageOrigin(), ...refusal } as const
    throw browserErrors.ERR_BROWSER_ORIGIN(details)
  }
  const wrongTime = clockProblem(host, Date.now())
  if (wrongTime !== undefined)
    throw browserErrors.ERR_BROWSER_CLOCK({ reason: 'clock', problem: wrongTime, ...refusal })
  throw browserErrors.ERR_BROWSER_LOGIN_REFUSED({ reason: 'refused', ...refusal })
}

/** More than any tolerance that Qlik is known to have. */
const clockToleranceMs = 60_000

/** A token that has just been signed is valid now, unless clocks differ. */
function clockProblem({ claims }: HostToken, now: number): string | undefined {
  const { nbf, iat, exp } = claims
  const isAhead = [nbf, iat].some((time) => Number(time) * 1000 > now + clockToleranceMs)
  if (isAhead) return 'is not valid yet'
  return Number(exp) * 1000 < now - clockToleranceMs ? 'has expired' : undefined
}

/** Asks Qlik whose session this browser has; undefined when it has none. */
export async function readQlikSession(options: DirectOptions): Promise<QlikSession | undefined> {
  const url = options.url + qlikPaths.csrfToken
  const response = await ask(qlikPaths.csrfToken, {}, options)
  if (isNobody(response)) return undefined
  assertAnswered(response, url)
  const csrfToken = response.headers.get(qlikHeaders.csrfToken)
  if (csrfToken === null || csrfToken === '')
    throw browserErrors.ERR_BROWSER_CSRF_TOKEN({ reason: 'refused', url })
  const user = await readQlikUser(csrfToken, options)
  return user && { subject: user.subject, csrfToken }
}

/** Asks Qlik who the person is; undefined when this browser has no session. */
export async function readQlikUser(
  csrfToken: string,
  options: DirectOptions,
): Promise<QlikUser | undefined> {
  // Qlik answers with a redirect, which a page can only follow blindly. So the CSRF token goes along only
  // where Qlik asks for it on reads.
  const read = (token?: string) =>
    ask(qlikPaths.currentUser, { redirect: 'follow' }, options, token)
  const first = await read()
  const response = first.status === 403 ? await read(csrfToken) : first
  if (isNobody(response)) return undefined
  const url = options.url + qlikPaths.currentUser
  assertAnswered(response, url)
  const user = parseQlikUser(await response.json().catch(() => undefined))
  if (user !== undefined) return user
  throw browserErrors.ERR_BROWSER_QLIK_ANSWER({ reason: 'refused', url, problem: 'is not a user' })
}

/** Ends the session. Qlik documents no CORS for /logout: the page cannot read the answer, and looks afterwards. */
export async function endQlikSession(options: DirectOptions): Promise<void> {
  const init = { mode: 'no-cors', redirect: 'follow', keepalive: true } as const
  await ask('/logout', init, options)
  const after = await ask(qlikPaths.csrfToken, {}, options)
  if (after.ok) throw browserErrors.ERR_BROWSER_LOGOUT({ url: options.url })
}

/** 404 is "Token not found", which Qlik documents for the CSRF token. */
const isNobody = ({ status }: Response) => status === 401 || status === 404

function assertAnswered(response: Response, url: string): void {
  assertAvailable(response, url)
  const { ok, status } = response
  if (!ok) throw browserErrors.ERR_BROWSER_QLIK_FAILED({ reason: 'refused', url, status })
}

function assertAvailable(response: Response, url: string): void {
  const { status } = response
  const error = browserErrors.ERR_BROWSER_QLIK_FAILED
  if (status === 429) {
    const seconds = retryAfterSeconds(response)
    throw error({ reason: 'rate-limited', url, status, retryAfterSeconds: seconds })
  }
  if (status >= 500) throw error({ reason: 'qlik-unreachable', url, status })
}

/** One call of the login. A redirect is followed only where it is expected: the token goes to one address. */
function ask(
  path: string,
  init: RequestInit,
  options: DirectOptions,
  csrfToken?: string,
): Promise<Response> {
  const { url, webIntegrationId } = options
  const headers = new Headers(init.headers)
  const identity = { webIntegrationId, ...(csrfToken === undefined ? {} : { csrfToken }) }
  identifyPage(headers, identity)
  const address = new URL(path, url)
  // In the query as well: a CORS preflight has none of the page's headers, and Qlik may decide it by the ID.
  identifyPage(address.searchParams, { webIntegrationId })
  const always = { credentials: 'include', cache: 'no-store', redirect: 'error' } as const
  const how = { ...options, peer: 'qlik-unreachable' } as const
  return timedFetch(address.href, { ...always, ...init, headers }, how)
}
