import { Hono } from 'hono'
import type { Cloud, CloudEnv } from '../cloud/cloud.ts'
import { isAdminKey } from '../cloud/sessions/caller.ts'
import { isEmulatorError } from '../errors.ts'
import { readBearer } from '../http/bearer.ts'
import { isObject, readJson } from '../http/read-body.ts'
import { adviceOn } from './api/advice.ts'
import { errorRoutes } from './api/error-routes.ts'
import { createEventStream, createResetBell } from './api/event-stream.ts'
import { faultRoutes } from './api/fault-routes.ts'
import { guardControl } from './api/guard.ts'
import { setUpRoutes } from './api/set-up-routes.ts'
import { showConsole } from './console-page.ts'
import { consoleSessionSeconds, createConsoleSessions } from './console-sessions.ts'
import { type Switches, type SwitchName, switchDefinitions } from './switch-definitions.ts'
import { expectedValues } from './switches.ts'

const wrongBody = { error: 'The body must be a JSON object' }

/** What the control API may do to the emulator as a whole. */
export interface Powers {
  reset(): void
  cutSockets(options?: { closeCode?: number; reason?: string }): number
  /** The tenant's own app, for what the console does in an administrator's name. */
  tenant(): Hono<CloudEnv>
}

/** The body of a request when it is a JSON object. */
async function readObject(
  request: Parameters<typeof readJson>[0],
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const body = await readJson(request)
  return 'value' in body && isObject(body.value) ? body.value : undefined
}

/**
 * `/_emulator`: the console and what the emulator itself is asked, beside the tenant. It sends no CORS header,
 * so pages of other origins read nothing; every write needs the administrator's key.
 */
export function controlRoutes(cloud: Cloud, powers: Powers): Hono<CloudEnv> {
  const sessions = createConsoleSessions()
  const changed = createResetBell()
  const reset = createResetBell()
  cloud.clock.onMove(changed.ring)
  cloud.switches.onChange(changed.ring)
  cloud.faults.onChange(changed.ring)

  const routes = new Hono<CloudEnv>()
  routes.get('/', (c) => showConsole(cloud, routes.routes, c))
  routes.use('/api/*', guardControl(cloud, sessions))

  routes.post('/api/console-sessions', (c) => {
    // Only the key itself opens one: a session must not prolong itself for ever.
    const key = readBearer(c.req.header('authorization')) ?? ''
    if (!isAdminKey(cloud, key))
      return c.json({ error: 'A session of the console begins with the administrator’s key' }, 401)
    return c.json({ token: sessions.open(), lifetimeSeconds: consoleSessionSeconds }, 201)
  })
  routes.delete('/api/console-sessions', (c) => {
    sessions.end(readBearer(c.req.header('authorization')) ?? '')
    return c.body(null, 204)
  })
  routes.post('/api/check', (c) => c.body(null, 204))

  routes.get('/api/events', (c) => {
    c.header('content-type', 'text/event-stream')
    return c.body(createEventStream(cloud, { changed, reset }))
  })
  routes.get('/api/requests', (c) => {
    const after = Number(c.req.query('after') ?? 0)
    const requests = cloud.recorder.requests.filter(({ number }) => number > after)
    return c.json({ requests: requests.map((one) => ({ ...one, advice: adviceOn(one) })) })
  })
  routes.delete('/api/requests', (c) => {
    cloud.recorder.clear()
    return c.body(null, 204)
  })
  routes.get('/api/engine', (c) =>
    c.json({ sockets: cloud.frames.sockets(), frames: cloud.frames.frames() }),
  )
  routes.delete('/api/engine', (c) => {
    cloud.frames.clear()
    return c.body(null, 204)
  })
  routes.post('/api/engine/cut', async (c) => {
    const body = await readObject(c.env.incoming)
    if (body === undefined) return c.json(wrongBody, 400)
    return c.json({ cut: powers.cutSockets(body) })
  })

  routes.get('/api/switches', (c) => c.json(cloud.switches.get()))
  routes.get('/api/switches/definitions', (c) => {
    const values = cloud.switches.get()
    const names = Object.keys(switchDefinitions) as SwitchName[]
    const switches = names.map((name) => ({
      name,
      value: values[name],
      takes: expectedValues(name),
      ...switchDefinitions[name],
    }))
    return c.json({ switches })
  })
  routes.patch('/api/switches', async (c) => {
    const body = await readObject(c.env.incoming)
    if (body === undefined) return c.json(wrongBody, 400)
    // `set` checks every name and value before it changes one.
    cloud.switches.set(body as Partial<Switches>)
    return c.json(cloud.switches.get())
  })
  routes.get('/api/clock', (c) => c.json({ now: cloud.clock.now().toISOString() }))
  routes.post('/api/clock', async (c) => {
    const wanted = await readObject(c.env.incoming)
    if (wanted === undefined) return c.json(wrongBody, 400)
    if (wanted.set !== undefined) cloud.clock.set(new Date(String(wanted.set)))
    else if (wanted.advance !== undefined) cloud.clock.advance(Number(wanted.advance))
    else if (wanted.reset === true) cloud.clock.reset()
    else
      return c.json({ error: 'Send {"advance": seconds}, {"set": "date"} or {"reset": true}' }, 400)
    return c.json({ now: cloud.clock.now().toISOString() })
  })
  routes.post('/api/reset', (c) => {
    powers.reset()
    reset.ring()
    return c.body(null, 204)
  })

  routes.route('/api', setUpRoutes(cloud, powers.tenant))
  routes.route('/api/faults', faultRoutes(cloud))
  routes.route('/api/errors', errorRoutes(cloud))
  routes.all('*', (c) => c.json({ error: `There is no ${c.req.method} ${c.req.path}` }, 404))
  routes.onError((error, c) => {
    if (isEmulatorError(error))
      return c.json({ code: error.code, error: error.message, hint: error.hint }, 400)
    throw error
  })
  return routes
}
