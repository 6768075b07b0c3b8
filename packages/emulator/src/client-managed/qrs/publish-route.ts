import { Hono } from 'hono'
import { apps, streams } from './entities/content.ts'
import { findReadable, may, type QrsEnv, type QrsSite, queryOf, refuse } from './qrs-env.ts'
import { renderFor } from './read-routes.ts'
import { badRequest, isRefusal, qrsTexts } from './refusal.ts'

/** `PUT /qrs/app/{id}/publish?stream={id}`: puts an app into a stream. */
export function publishRoute(site: QrsSite): Hono<QrsEnv> {
  return new Hono<QrsEnv>().put('/qrs/app/:id/publish', (c) => {
    const { caller } = c.env.qrs
    const { repository, clock } = site
    const asked = queryOf(c).get('stream')
    if (asked === undefined) return refuse(c, badRequest(qrsTexts.missingParameter))
    const entity = findReadable(site, caller, apps, c.req.param('id'))
    if (isRefusal(entity)) return refuse(c, entity)
    const stream = findReadable(site, caller, streams, asked)
    if (isRefusal(stream)) return refuse(c, stream)
    const refusal =
      may(site, caller, 'publish', { type: 'App', entity }) ??
      may(site, caller, 'publish', { type: 'Stream', entity: stream })
    if (refusal !== undefined) return refuse(c, refusal)
    const app = repository.apps.find(entity.id)
    if (app === undefined) throw new TypeError('the app is gone')
    const published = {
      ...app,
      published: true,
      publishTime: clock.now().toISOString(),
      stream: { id: stream.id },
    }
    const replaced = repository.apps.replace(app.id, published, { by: caller.userName })
    return c.json(renderFor(site, c, apps, replaced))
  })
}
