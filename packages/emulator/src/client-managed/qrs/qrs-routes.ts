import { Hono } from 'hono'
import { aboutRoutes } from './about-routes.ts'
import { entityTypes } from './entities/entity-types.ts'
import { publishRoute } from './publish-route.ts'
import { type QrsEnv, type QrsSite, refuse } from './qrs-env.ts'
import { readRoutes } from './read-routes.ts'
import { badRequest, notFound, qrsTexts } from './refusal.ts'
import { tableRoute } from './table-route.ts'
import { writeRoutes } from './write-routes.ts'

/** A part of the query without a value, as an `&` leaves behind that was not escaped in a filter. */
function lacksValue(search: string): boolean {
  return (
    search !== '' &&
    search
      .slice(1)
      .split('&')
      .some((part) => !/^[^=]+=./.test(part))
  )
}

/**
 * QRS for somebody who is known: by a client certificate and `X-Qlik-User` on its own port, by a session through a
 * virtual proxy. Addresses are taken in any case.
 */
export function qrsRoutes(site: QrsSite): Hono<QrsEnv> {
  const app = new Hono<QrsEnv>({
    getPath: (_request, options) => String(options?.env?.qrs.path ?? '/').toLowerCase(),
  })
  app.use(async (c, next) => {
    if (lacksValue(new URL(c.req.url).search))
      return refuse(c, badRequest(qrsTexts.missingParameter))
    return next()
  })
  app.route('/', aboutRoutes(site))
  for (const type of entityTypes) {
    app.route('/', readRoutes(site, type))
    app.route('/', tableRoute(site, type))
    app.route('/', writeRoutes(site, type))
  }
  app.route('/', publishRoute(site))
  app.notFound((c) => refuse(c, notFound('The emulator has no such address of QRS')))
  return app
}
