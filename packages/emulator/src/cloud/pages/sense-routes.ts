import { type Context, Hono } from 'hono'
import { baseUrlOf } from '../../http/request-target.ts'
import { adviseOnScheme, toFrameAncestors } from '../administration/csp-origin.ts'
import type { Cloud, CloudEnv } from '../cloud.ts'

/** To the log-in and back, as a tenant sends browsers that nobody is logged in with. */
function toLogin(c: Context<CloudEnv>): Response {
  const url = new URL(c.req.url)
  const query = new URLSearchParams({ returnto: `${url.pathname}${url.search}` })
  const webIntegrationId = url.searchParams.get('qlik-web-integration-id')
  if (webIntegrationId !== null) query.set('qlik-web-integration-id', webIntegrationId)
  return c.redirect(`/login?${query}`, 302)
}

/** Notes for the console that a listed page of http cannot frame a tenant of https. */
function noticeFrame(cloud: Cloud, c: Context<CloudEnv>): void {
  const referer = c.req.header('referer')
  if (c.req.header('sec-fetch-dest') !== 'iframe' || !URL.canParse(referer ?? '')) return
  const page = new URL(referer ?? '')
  const isListed = [...cloud.state.cspOrigins.values()].some(
    ({ origin, flags }) => origin === page.host && flags.has('frameAncestors'),
  )
  if (!isListed) return
  const notice = adviseOnScheme(page.origin, baseUrlOf(c.env.incoming), cloud.switches.get())
  if (notice !== undefined) c.set('notice', notice)
}

/**
 * The pages that hosts show in iframes (qlik-cloud.md §8.5): `/single/`, and `/sense/app/{id}` with a
 * sheet or without. Who may frame them is what the CSP entries say, on redirects too.
 */
export function senseRoutes(cloud: Cloud): Hono<CloudEnv> {
  const answer = async (c: Context<CloudEnv>) => {
    c.header('content-security-policy', toFrameAncestors(cloud.state.cspOrigins.values()))
    c.header('x-content-type-options', 'nosniff')
    noticeFrame(cloud, c)
    if (c.get('caller').kind === 'nobody') return toLogin(c)
    return c.html(await cloud.pages.html('single'))
  }
  return new Hono<CloudEnv>()
    .get('/single', answer)
    .get('/single/', answer)
    .get('/sense/app/:appId', answer)
    .get('/sense/app/:appId/overview', answer)
    .get('/sense/app/:appId/sheet/:sheetId', answer)
    .get('/sense/app/:appId/sheet/:sheetId/state/:state', answer)
}
