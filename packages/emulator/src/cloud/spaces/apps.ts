import { type Context, Hono } from 'hono'
import { isObject } from '../../http/read-body.ts'
import type { Resource } from '../administration/listing.ts'
import { readJsonBody } from '../administration/request-body.ts'
import type { Cloud, CloudEnv } from '../cloud.ts'
import { adminOnly, fail } from '../error-envelope.ts'
import { knownCaller, requireUser } from '../guards.ts'
import { checkAppAccess, delayOf } from './access.ts'
import { managesSpace } from './space-resource.ts'

const notFound = { status: 404, code: 'APPS-404', title: 'Not found' }
const forbidden = {
  status: 403,
  code: 'APPS-403',
  title: 'Forbidden',
  detail: 'No permission to open the app',
}

/** `/api/v1/apps/{id}`: what tells whether an app is there and may be opened; and its space. */
export function appRoutes(cloud: Cloud): Hono<CloudEnv> {
  const find = (id: string) => cloud.engine.apps().find((one) => one.id === id)
  const toResource = (app: { id: string; name: string }): Resource => {
    const { administrator, appPlaces, createdAt } = cloud.state
    const place = appPlaces.get(app.id)
    return {
      attributes: {
        id: app.id,
        name: app.name,
        description: '',
        createdDate: createdAt,
        modifiedDate: createdAt,
        lastReloadTime: createdAt,
        owner: administrator.subject,
        ownerId: administrator.id,
        published: place !== undefined,
        thumbnail: '',
        ...(place === undefined ? {} : { spaceId: place.spaceId }),
      },
      privileges: ['read'],
      create: [],
    }
  }
  const mayMove = (c: Context<CloudEnv>, spaceId: string | undefined) => {
    const caller = knownCaller(c)
    const space = spaceId === undefined ? undefined : cloud.state.spaces.get(spaceId)
    return caller.isAdmin || (space !== undefined && managesSpace(cloud, caller, space))
  }
  return new Hono<CloudEnv>()
    .use(requireUser('number'))
    .get('/:id', (c) => {
      const app = find(c.req.param('id'))
      if (app === undefined) return fail(c, notFound, 'number')
      const refusal = checkAppAccess(cloud, app.id, knownCaller(c))
      if (refusal === undefined) return c.json(toResource(app))
      const delay = refusal === 'space' ? delayOf(cloud, app.id, knownCaller(c)) : undefined
      return fail(c, delay === undefined ? forbidden : { ...forbidden, decidedBy: delay }, 'number')
    })
    .put('/:id/space', async (c) => {
      const app = find(c.req.param('id'))
      if (app === undefined) return fail(c, notFound, 'number')
      const body = await readJsonBody(c, 'number')
      if ('response' in body) return body.response
      const { spaceId } = isObject(body.value) ? body.value : {}
      if (typeof spaceId !== 'string' || !cloud.state.spaces.has(spaceId))
        return fail(
          c,
          {
            ...notFound,
            status: 400,
            code: 'APPS-400',
            title: 'Bad request',
            detail: 'spaceId is not a space of this tenant',
          },
          'number',
        )
      if (!mayMove(c, spaceId)) return fail(c, adminOnly, 'number')
      cloud.state.appPlaces.set(app.id, { spaceId })
      return c.json(toResource(app))
    })
    .delete('/:id/space', (c) => {
      const app = find(c.req.param('id'))
      const place = app && cloud.state.appPlaces.get(app.id)
      if (app === undefined || place === undefined) return fail(c, notFound, 'number')
      if (!mayMove(c, place.spaceId)) return fail(c, adminOnly, 'number')
      cloud.state.appPlaces.delete(app.id)
      return c.json(toResource(app))
    })
}
