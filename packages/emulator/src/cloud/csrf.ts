import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Context, MiddlewareHandler } from 'hono'
import type { Cloud, CloudEnv } from './cloud.ts'
import { fail, noteSwitches, unauthorized } from './error-envelope.ts'
import { newTraceId } from './state/identifiers.ts'
import type { CloudSession } from './state/state.ts'

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Whether header or query carry the session's CSRF token. */
export function hasCsrfToken(
  request: IncomingMessage,
  query: URLSearchParams,
  session: CloudSession,
): boolean {
  const header = request.headers['qlik-csrf-token']
  const given = (Array.isArray(header) ? header[0] : header) ?? query.get('qlik-csrf-token') ?? ''
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(session.csrfToken))
}

/** The 403 of a missing or wrong token. @qlik/api 2.19.0 knows it by the top-level code alone. */
function refuseCsrf(cloud: Cloud, c: Context<CloudEnv>): Response {
  const isRead = safeMethods.has(c.req.method)
  noteSwitches(c, { ...(isRead && { decidedBy: 'csrfOnReads' }), shapedBy: ['csrfErrorShape'] })
  const failure = { status: 403, code: 'CSRF-TOKEN-2', title: 'CSRF token missing or invalid' }
  if (cloud.switches.get().csrfErrorShape === 'errors') return fail(c, failure)
  return c.json({ ...failure, status: '403', traceId: newTraceId() }, 403)
}

/** Asks every write that comes by cookies for the session's CSRF token. */
export function csrfOnWrites(cloud: Cloud): MiddlewareHandler<CloudEnv> {
  return async (c, next) => {
    const caller = c.get('caller')
    if (caller.kind !== 'session') return next()
    const isRead = safeMethods.has(c.req.method)
    // The call that tells the token cannot ask for it.
    const isExempt = !cloud.switches.get().csrfOnReads || c.req.path === '/api/v1/csrf-token'
    if (isRead && isExempt) return next()
    const query = new URL(c.req.url).searchParams
    if (!hasCsrfToken(c.env.incoming, query, caller.session)) return refuseCsrf(cloud, c)
    return next()
  }
}

/** `GET /api/v1/csrf-token`: the token in a header of an answer without a body. */
export function answerCsrfToken(c: Context<CloudEnv>): Response {
  const caller = c.get('caller')
  if (
    caller.kind === 'administrator' ||
    caller.kind === 'bearer' ||
    (caller.kind === 'nobody' && caller.bearer)
  )
    return fail(c, {
      status: 400,
      code: 'CSRF-TOKEN-1',
      title: 'Token is not supported for the auth mechanism being used.',
    })
  if (caller.kind === 'nobody') return fail(c, unauthorized)
  c.header('qlik-csrf-token', caller.session.csrfToken)
  return c.body(null, 204)
}
