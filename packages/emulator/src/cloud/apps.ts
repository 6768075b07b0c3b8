import { Hono } from 'hono'
import { type Cloud, type CloudEnv, toEngineUser } from './cloud.ts'
import { fail } from './error-envelope.ts'
import { knownCaller, requireUser } from './guards.ts'

/** `/api/v1/apps/{id}`: what tells whether an app is there and may be opened. */
export function appRoutes(cloud: Cloud): Hono<CloudEnv> {
  return new Hono<CloudEnv>().use(requireUser('number')).get('/:id', (c) => {
    const id = c.req.param('id')
    const app = cloud.engine.apps().find((one) => one.id === id)
    if (app === undefined)
      return fail(c, { status: 404, code: 'APPS-404', title: 'Not found' }, 'number')
    const user = toEngineUser(cloud.state, knownCaller(c))
    if (!cloud.engine.mayOpen(id, user))
      return fail(
        c,
        {
          status: 403,
          code: 'APPS-403',
          title: 'Forbidden',
          detail: 'No permission to open the app',
        },
        'number',
      )
    return c.json({ attributes: { id, name: app.name }, privileges: ['read'], create: [] })
  })
}
