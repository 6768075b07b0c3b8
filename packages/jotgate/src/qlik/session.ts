import type { Deployment } from '../token/index.ts'
import type { Cookies } from './cookies.ts'

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

/** What an error must never show. */
export function secretsOf(session: QlikSession): string[] {
  return [session.csrfToken, ...session.cookies.values()]
}
