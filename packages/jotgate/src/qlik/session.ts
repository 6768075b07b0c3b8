import type { Deployment } from '../token/index.ts'
import { type Cookies, isCookie } from './cookies.ts'
import { qlikErrors } from './errors.ts'

/**
 * What a deployment gives for a token. Its secrets, `cookies` and `csrfToken`, are not enumerable:
 * `console.log`, `JSON.stringify`, a copy by spread and `structuredClone` do not hold them.
 */
export interface QlikSession {
  readonly deployment: Deployment
  /** When it was opened, in milliseconds since 1970. */
  readonly openedAt: number
  /** Whoever holds these is the user. */
  readonly cookies: Cookies
  /** Needed for each call that changes something, and for the engine. */
  readonly csrfToken: string
}

export function createSession(options: {
  deployment: Deployment
  openedAt: number
  cookies: Cookies
  csrfToken: string
}): QlikSession {
  const { deployment, openedAt, cookies, csrfToken } = options
  // Accessors, because an inspection with `showHidden` prints plain properties that are hidden.
  return Object.freeze(
    Object.defineProperties({ deployment, openedAt } as QlikSession, {
      cookies: { get: () => cookies },
      csrfToken: { get: () => csrfToken },
      [Symbol.for('nodejs.util.inspect.custom')]: {
        value: () => `QlikSession { ${deployment.url}, openedAt: ${openedAt} }`,
      },
    }),
  )
}

/**
 * Makes a session again from what was kept of it, so that several programs, or several runs of one, use the
 * session that was opened once. Whether Qlik still knows it shows at the next call.
 *
 * @param options.deployment whose session it is
 * @param options.cookies names and values, as `session.cookies` had them; 1 to 50
 * @param options.csrfToken as `session.csrfToken` was
 * @param options.openedAt when it was opened, in milliseconds since 1970
 * @throws ERR_QLIK_OPTION for what cannot be a cookie, a CSRF token or a time; none is repeated
 * @example
 * import { cloud } from 'jotgate'
 * import { callAs, restoreSession } from 'jotgate/qlik'
 *
 * async function readItems(kept: { cookies: Record<string, string>; csrfToken: string; openedAt: number }) {
 *   const deployment = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
 *   const session = restoreSession({ deployment, ...kept, cookies: Object.entries(kept.cookies) })
 *   return (await callAs(session, { path: '/api/v1/items' })).json()
 * }
 */
export function restoreSession(options: {
  deployment: Deployment
  cookies: Iterable<readonly [string, string]>
  csrfToken: string
  openedAt: number
}): QlikSession {
  const { deployment, csrfToken, openedAt } = options
  const refuse = (option: string, problem: string) =>
    qlikErrors.ERR_QLIK_OPTION({ option, problem })
  const cookies = new Map(options.cookies)
  if (cookies.size < 1 || cookies.size > 50) throw refuse('cookies', 'must hold 1 to 50 cookies')
  for (const [name, value] of cookies)
    if (!isCookie(name, value)) throw refuse('cookies', 'hold one that no server can have set')
  if (typeof csrfToken !== 'string' || !/^[\x21-\x7e]{1,1024}$/.test(csrfToken))
    throw refuse('csrfToken', 'must be 1 to 1024 visible ASCII characters')
  if (!Number.isSafeInteger(openedAt) || openedAt < 0)
    throw refuse('openedAt', 'must be milliseconds since 1970')
  return createSession({ deployment, openedAt, cookies, csrfToken })
}

/** What an error must never show. */
export function secretsOf(session: QlikSession): string[] {
  return [session.csrfToken, ...session.cookies.values()]
}
