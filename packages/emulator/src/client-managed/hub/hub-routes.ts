import { type Context, Hono } from 'hono'
import { fillPage } from '../../pages/fill-page.ts'
import { serveBuiltFiles } from '../../pages/static-routes.ts'
import type { ClientManaged } from '../client-managed.ts'
import { type ProxyEnv, sessionOf } from '../proxy/exchange.ts'
import { listVisibleStreams } from './visible-streams.ts'

/**
 * What people see of the site below a virtual proxy: `/hub/`, the apps that security rules let them read; `/sense/app/{id}`
 * with a sheet or without, and `/single/`, drawn by nebula.js. Whoever has no session was refused before. Any page may
 * frame them, unless the additional response headers say otherwise.
 */
export function hubRoutes(site: ClientManaged): Hono<ProxyEnv> {
  const show = async (c: Context<ProxyEnv>, page: string, data: object = {}) => {
    const { prefix } = c.env.exchange.config
    const base = prefix === '' ? '' : `/${prefix}`
    const html = await site.pages.html(page)
    c.header('x-content-type-options', 'nosniff')
    // It names a person: the next one at this browser must not get it.
    c.header('cache-control', 'no-store')
    const place = { csrfTokenPath: `${base}/qps/csrftoken`, hubPath: `${base}/hub/` }
    return c.html(fillPage(html, { base, data: { ...place, ...data } }))
  }
  const showHub = (c: Context<ProxyEnv>) => {
    const session = sessionOf(c)
    if (session === undefined) throw new TypeError('the hub was asked for without a session')
    const { directory, id } = session.user
    const { prefix, description } = c.env.exchange.config
    return show(c, 'hub', {
      user: { directory, id, name: site.repository.findUser(session.user)?.name ?? id },
      virtualProxy: prefix || description,
      streams: listVisibleStreams(site, session),
    })
  }
  const showApp = (c: Context<ProxyEnv>) => show(c, 'single')
  return new Hono<ProxyEnv>()
    .get('/hub', (c) => c.redirect(`${new URL(c.req.url).pathname}/`, 302))
    .get('/hub/', showHub)
    .get('/hub/my/work', showHub)
    .get('/hub/stream/:id', showHub)
    .get('/single', showApp)
    .get('/single/', showApp)
    .get('/sense/app/:appId', showApp)
    .get('/sense/app/:appId/overview', showApp)
    .get('/sense/app/:appId/sheet/:sheetId', showApp)
    .get('/sense/app/:appId/sheet/:sheetId/state/:state', showApp)
    .get('/assets/*', serveBuiltFiles(site.pages))
}
