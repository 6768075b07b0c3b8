import { Hono } from 'hono'
import { emulatorError, isEmulatorError } from '../../errors.ts'
import { readBearer } from '../../http/bearer.ts'
import { isObject, readJson } from '../../http/read-body.ts'
import { isAdminKey } from '../admin-key.ts'
import { nearestName } from '../nearest-name.ts'
import type { RunningWorkbench } from '../product.ts'
import { expectedValues } from '../switch-definition.ts'
import { parseSwitches } from '../switches.ts'
import type { WorkbenchEnv } from '../workbench.ts'
import { adviceOn } from './advice.ts'
import { appRoutes } from './app-routes.ts'
import { errorRoutes } from './error-routes.ts'
import { createEventStream } from './event-stream.ts'
import { faultRoutes } from './fault-routes.ts'
import { guardControl } from './guard.ts'
import { showConsole } from './page.ts'
import { consoleSessionSeconds, createConsoleSessions } from './sessions.ts'

const wrongBody = { error: 'The body must be a JSON object' }

/** The body of a request when it is a JSON object. */
async function readObject(
  request: Parameters<typeof readJson>[0],
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const body = await readJson(request)
  return 'value' in body && isObject(body.value) ? body.value : undefined
}

/** The board that has a switch of this name; the error for an unknown one names what is nearest. */
function boardsOf({ products }: RunningWorkbench, changes: Readonly<Record<string, unknown>>) {
  const known = new Set(products.flatMap(({ definition }) => Object.keys(definition.switches)))
  const unknown = Object.keys(changes).find((name) => !known.has(name))
  if (unknown !== undefined)
    throw emulatorError('ERR_EMULATOR_SWITCH_NAME', {
      name: unknown,
      nearest: nearestName(unknown, [...known]),
    })
  return products.map(({ definition, switches }) => {
    const own = Object.entries(changes).filter(([name]) => Object.hasOwn(definition.switches, name))
    return { switches, changes: parseSwitches(definition.switches, Object.fromEntries(own)) }
  })
}

/**
 * `/_emulator`: the console and what the emulator itself is asked, beside the products. It sends no CORS header,
 * so pages of other origins read nothing; every write needs the administrator's key.
 */
export function consoleRoutes(bench: RunningWorkbench): Hono<WorkbenchEnv> {
  const sessions = createConsoleSessions()
  const { clock, recorder, frames, products } = bench
  const allSwitches = () => Object.assign({}, ...products.map(({ switches }) => switches.get()))

  const routes = new Hono<WorkbenchEnv>().basePath('/_emulator')
  routes.use(async (c, next) => {
    c.header('cache-control', 'no-store')
    return next()
  })
  routes.get('/', (c) => showConsole(bench, routes.routes, c))
  routes.use('/api/*', guardControl(bench, sessions))

  routes.post('/api/console-sessions', (c) => {
    // Only the key itself opens one: a session must not prolong itself.
    const key = readBearer(c.req.header('authorization')) ?? ''
    if (!isAdminKey(bench, key))
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
    return c.body(createEventStream(bench))
  })
  routes.get('/api/requests', (c) => {
    const after = Number(c.req.query('after') ?? 0)
    const requests = recorder.requests.filter(({ number }) => number > after)
    return c.json({ requests: requests.map((one) => ({ ...one, advice: adviceOn(bench, one) })) })
  })
  routes.delete('/api/requests', (c) => {
    recorder.clear()
    return c.body(null, 204)
  })
  routes.get('/api/engine', (c) => c.json({ sockets: frames.sockets(), frames: frames.frames() }))
  routes.delete('/api/engine', (c) => {
    frames.clear()
    return c.body(null, 204)
  })
  routes.post('/api/engine/cut', async (c) => {
    const body = await readObject(c.env.incoming)
    if (body === undefined) return c.json(wrongBody, 400)
    return c.json({ cut: bench.cutSockets(body) })
  })

  routes.get('/api/switches', (c) => c.json(allSwitches()))
  routes.get('/api/switches/definitions', (c) => {
    const shown = products.flatMap(({ definition, switches }) => {
      const values = switches.get()
      return Object.entries(definition.switches).map(([name, one]) => ({
        product: definition.name,
        name,
        value: values[name],
        takes: expectedValues(one),
        ...one,
      }))
    })
    return c.json({ switches: shown })
  })
  routes.patch('/api/switches', async (c) => {
    const body = await readObject(c.env.incoming)
    if (body === undefined) return c.json(wrongBody, 400)
    // Every name and value is checked before one is changed.
    for (const { switches, changes } of boardsOf(bench, body)) switches.set(changes)
    return c.json(allSwitches())
  })
  routes.get('/api/clock', (c) => c.json({ now: clock.now().toISOString() }))
  routes.post('/api/clock', async (c) => {
    const wanted = await readObject(c.env.incoming)
    if (wanted === undefined) return c.json(wrongBody, 400)
    if (wanted.set !== undefined) clock.set(new Date(String(wanted.set)))
    else if (wanted.advance !== undefined) clock.advance(Number(wanted.advance))
    else if (wanted.reset === true) clock.reset()
    else
      return c.json({ error: 'Send {"advance": seconds}, {"set": "date"} or {"reset": true}' }, 400)
    return c.json({ now: clock.now().toISOString() })
  })
  routes.post('/api/reset', (c) => {
    bench.reset()
    return c.body(null, 204)
  })

  routes.route('/api/apps', appRoutes(bench))
  routes.route('/api/faults', faultRoutes(bench))
  routes.route('/api/errors', errorRoutes(bench))
  for (const { definition, consoleRoutes: own } of products)
    routes.route(`/api/${definition.name}`, own)
  routes.all('*', (c) =>
    c.json({ error: `The control API has no ${c.req.method} ${c.req.path}` }, 404),
  )
  routes.onError((error, c) => {
    if (isEmulatorError(error))
      return c.json({ code: error.code, error: error.message, hint: error.hint }, 400)
    throw error
  })
  return routes
}
