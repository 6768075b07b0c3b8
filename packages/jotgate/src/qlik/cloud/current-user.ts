import { receiveCookies, toCookieHeader } from '../cookies.ts'
import { qlikErrors } from '../errors.ts'
import { callQlik, type QlikAnswer } from '../http.ts'
import type { SessionCallOptions } from '../product.ts'
import { parseObject, refusalOf } from '../refusal.ts'
import { secretsOf } from '../session.ts'

/** A name that Qlik gives to a group or a role. */
export interface QlikName {
  readonly id: string
  readonly name: string
}

/** A user as Qlik Cloud has it; what Qlik leaves out is left out here. */
export interface QlikUser {
  readonly id: string
  /** The `sub` of the token that opened the session. */
  readonly subject: string
  readonly tenantId?: string
  readonly status?: string
  /** What Qlik shows; the subject when it has no name. */
  readonly name: string
  readonly email?: string
  readonly assignedGroups: readonly QlikName[]
  readonly assignedRoles: readonly QlikName[]
}

const maxRedirects = 3

/**
 * Asks Qlik Cloud whom a session belongs to.
 *
 * `GET /api/v1/users/me` is a redirect to the user's own address. It is followed here, on the
 * deployment's origin only, since the session's cookies go with it.
 *
 * @param options.session what `openSession` gave; `fetch`, `timeoutMs` and `signal` as there
 * @throws ERR_QLIK_NOT_LOGGED_IN, ERR_QLIK_REDIRECT, ERR_QLIK_ANSWER or another error of the part
 * @see https://qlik.dev/apis/rest/users/
 * @example
 * import { getCurrentUser, type QlikSession } from 'jotgate/qlik'
 *
 * async function greet(session: QlikSession) {
 *   const { name, assignedGroups } = await getCurrentUser({ session })
 *   console.log(name, assignedGroups.length)
 * }
 */
export async function getCurrentUser(options: SessionCallOptions): Promise<QlikUser> {
  const { session } = options
  let cookies = session.cookies
  let url = new URL('/api/v1/users/me', session.deployment.url)
  for (let hop = 0; hop <= maxRedirects; hop += 1) {
    const headers = {
      cookie: toCookieHeader(cookies),
      'qlik-csrf-token': session.csrfToken,
      accept: 'application/json',
    }
    const answer = await callQlik({ url, headers }, options)
    if (answer.status >= 200 && answer.status <= 299) return parseUser(answer)
    const location = answer.headers.get('location')
    if (answer.status < 300 || answer.status > 399 || location === null)
      throw refusalOf(answer, { secrets: secretsOf(session) })
    cookies = receiveCookies(answer.headers, cookies)
    url = parseLocation(location, url, answer.call)
  }
  const problem = `redirects more than ${maxRedirects} times`
  throw qlikErrors.ERR_QLIK_ANSWER({ call: 'GET /api/v1/users/me', problem })
}

function parseLocation(location: string, from: URL, call: string): URL {
  const target = URL.canParse(location, from.href) ? new URL(location, from) : undefined
  if (target?.origin === from.origin) return target
  throw qlikErrors.ERR_QLIK_REDIRECT({ call, origin: target?.origin ?? 'no address' })
}

function parseUser(answer: QlikAnswer): QlikUser {
  const user = parseObject(answer.text)
  if (typeof user?.id !== 'string' || typeof user.subject !== 'string')
    throw qlikErrors.ERR_QLIK_ANSWER({ call: answer.call, problem: 'is not a user' })
  const texts: { -readonly [Field in 'tenantId' | 'status' | 'email']?: string } = {}
  for (const field of ['tenantId', 'status', 'email'] as const) {
    const value = user[field]
    if (typeof value === 'string') texts[field] = value
  }
  return {
    id: user.id,
    subject: user.subject,
    name: typeof user.name === 'string' && user.name !== '' ? user.name : user.subject,
    ...texts,
    assignedGroups: parseNames(user.assignedGroups),
    assignedRoles: parseNames(user.assignedRoles),
  }
}

function parseNames(value: unknown): QlikName[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((item: Partial<QlikName> | null) =>
    typeof item?.id === 'string' && typeof item.name === 'string'
      ? [{ id: item.id, name: item.name }]
      : [],
  )
}
