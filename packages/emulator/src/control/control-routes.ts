import { Hono } from 'hono'
import type { Cloud, CloudEnv } from '../cloud/cloud.ts'
import { isObject, readJson } from '../cloud/read-body.ts'
import { isAdminKey, readBearer } from '../cloud/sessions/caller.ts'
import { isEmulatorError } from '../errors.ts'
import { toInformation, toInformationPage } from './information-page.ts'
import type { Switches } from './switch-definitions.ts'

const wrongBody = { error: 'The body must be a JSON object' }

/** What the control API may do to the emulator as a whole. */
export interface Powers {
  reset(): void
  cutSockets(options?: { closeCode?: number; reason?: string }): number
}

/**
 * `/_emulator`: what the emulator itself is asked, beside the tenant. It sends no CORS header, so pages of other
 * origins read nothing; every write needs the administrator's key.
 */
export function controlRoutes(cloud: Cloud, powers: Powers): Hono<CloudEnv> {
  const routes = new Hono<CloudEnv>()
  routes.use(async (c, next) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return next()
    const key = readBearer(c.req.header('authorization'))
    if (key === undefined || !isAdminKey(cloud, key))
      return c.json({ error: 'Send the administrator’s key: Authorization: Bearer KEY' }, 401)
    return next()
  })
  routes.get('/', (c) => {
    const information = toInformation(cloud)
    if (!c.req.header('accept')?.includes('text/html')) return c.json(information)
    c.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
    return c.html(toInformationPage(information))
  })
  routes.get('/api/requests', (c) => c.json({ requests: cloud.recorder.requests }))
  routes.get('/api/switches', (c) => c.json(cloud.switches.get()))
  routes.patch('/api/switches', async (c) => {
    const body = await readJson(c.env.incoming)
    if (!('value' in body) || !isObject(body.value)) return c.json(wrongBody, 400)
    // `set` checks every name and value before it changes one.
    cloud.switches.set(body.value as Partial<Switches>)
    return c.json(cloud.switches.get())
  })
  routes.post('/api/clock', async (c) => {
    const body = await readJson(c.env.incoming)
    if (!('value' in body) || !isObject(body.value)) return c.json(wrongBody, 400)
    const wanted = body.value
    if (wanted.set !== undefined) cloud.clock.set(new Date(String(wanted.set)))
    else if (wanted.advance !== undefined) cloud.clock.advance(Number(wanted.advance))
    else if (wanted.reset === true) cloud.clock.reset()
    else
      return c.json({ error: 'Send {"advance": seconds}, {"set": "date"} or {"reset": true}' }, 400)
    return c.json({ now: cloud.clock.now().toISOString() })
  })
  routes.post('/api/reset', (c) => {
    powers.reset()
    return c.body(null, 204)
  })
  routes.all('*', (c) => c.json({ error: `There is no ${c.req.method} ${c.req.path}` }, 404))
  routes.onError((error, c) => {
    if (isEmulatorError(error))
      return c.json({ code: error.code, error: error.message, hint: error.hint }, 400)
    throw error
  })
  return routes
}
