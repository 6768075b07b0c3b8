import type { Context, MiddlewareHandler } from 'hono'
import type { CloudEnv, KnownCaller } from './cloud.ts'
import { adminOnly, fail, type StatusStyle, unauthorized } from './error-envelope.ts'

/** The caller, once `requireUser` or `requireAdministrator` has let the request pass. */
export function knownCaller(c: Context<CloudEnv>): KnownCaller {
  const caller = c.get('caller')
  if (caller.kind === 'nobody') throw new TypeError('the route lacks its guard')
  return caller
}

/** Lets those pass who have a session, an API key or an access token. */
export function requireUser(style: StatusStyle): MiddlewareHandler<CloudEnv> {
  return async (c, next) =>
    c.get('caller').kind === 'nobody' ? fail(c, unauthorized, style) : next()
}

/** Lets administrators pass; an ordinary user gets 403. */
export function requireAdministrator(style: StatusStyle): MiddlewareHandler<CloudEnv> {
  return async (c, next) => {
    const caller = c.get('caller')
    if (caller.kind === 'nobody') return fail(c, unauthorized, style)
    return caller.isAdmin ? next() : fail(c, adminOnly, style)
  }
}
