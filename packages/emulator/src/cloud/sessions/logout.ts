import type { Context } from 'hono'
import { baseUrlOf } from '../../http/request-target.ts'
import type { Cloud, CloudEnv } from '../cloud.ts'
import { isListedBy, webIntegrationIdOf } from '../origins.ts'
import { toClearingLines } from './cookies.ts'
import { cookieStyleOf, endSession } from './sessions.ts'

/** Where a log-out may lead: to this tenant, or to an origin of the request's web integration. */
function allowedReturn(cloud: Cloud, c: Context<CloudEnv>): string {
  const base = baseUrlOf(c.env.incoming)
  const wanted = c.req.query('returnto') ?? '/'
  if (!URL.canParse(wanted, base)) return '/'
  const url = new URL(wanted, base)
  // Compared after parsing, so that //host and \\host count as what a browser makes of them.
  if (url.origin === base) return `${url.pathname}${url.search}${url.hash}`
  const id = webIntegrationIdOf(c.env.incoming, new URL(c.req.url).searchParams)
  return isListedBy(cloud, id, url.origin) ? url.href : '/'
}

/** `GET /logout`: ends the session, takes the cookies away, goes to `returnto` when that is allowed. */
export function answerLogout(cloud: Cloud, c: Context<CloudEnv>): Response {
  const caller = c.get('caller')
  const { logoutAnswer, logoutEndsSession } = cloud.switches.get()
  if (caller.kind === 'session' && logoutEndsSession)
    endSession(cloud.state, caller.session, 'Logged out')
  for (const line of toClearingLines(cookieStyleOf(cloud, c.env.incoming)))
    c.header('set-cookie', line, { append: true })
  if (logoutAnswer === 'no-content') return c.body(null, 204)
  return c.redirect(allowedReturn(cloud, c), 302)
}
