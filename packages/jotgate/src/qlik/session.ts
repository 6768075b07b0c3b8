import type { Deployment } from '../token/index.ts'
import type { Cookies } from './cookies.ts'

/** Where a deployment is: all that a session needs of it. Every `Deployment` is one. */
export interface DeploymentAddress {
  readonly product: Deployment['product']
  /** Its origin, without a slash at the end. */
  readonly url: string
  /** The virtual proxy's prefix, on a client-managed server. */
  readonly prefix?: string
}

/**
 * What a deployment gives for a token. Its secrets, `cookies` and `csrfToken`, are not enumerable:
 * `console.log`, `JSON.stringify`, a copy by spread and `structuredClone` do not contain them.
 */
export interface QlikSession {
  readonly deployment: DeploymentAddress
  /** When it was opened, in milliseconds since 1970. */
  readonly openedAt: number
  /** Whoever has these is the user. */
  readonly cookies: Cookies
  /** Needed for each call that changes something, and for the engine, where the product has one. */
  readonly csrfToken?: string
}

/** Makes a session whose secrets are read by name only. */
export function createSession(parts: QlikSession): QlikSession {
  const { deployment, openedAt, cookies, csrfToken } = parts
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

/** Makes the same session with other cookies, or with another CSRF token. */
export function changeSession(
  session: QlikSession,
  change: { cookies: Cookies } | { csrfToken: string },
): QlikSession {
  const { deployment, openedAt, cookies, csrfToken } = session
  const kept = csrfToken === undefined ? {} : { csrfToken }
  return createSession({ deployment, openedAt, cookies, ...kept, ...change })
}

/** What an error must never show. */
export function secretsOf({ csrfToken, cookies }: QlikSession): string[] {
  return [...(csrfToken === undefined ? [] : [csrfToken]), ...cookies.values()]
}
