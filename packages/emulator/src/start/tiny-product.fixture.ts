import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { createEngineSockets } from '../control/engine-sockets.ts'
import { applyFaults } from '../control/faults/apply-faults.ts'
import type { FaultAnswer } from '../control/faults/fault.ts'
import type { Product, RunningProduct } from '../control/product.ts'
import { flag, type SwitchValuesOf } from '../control/switch-definition.ts'
import type { Workbench, WorkbenchEnv } from '../control/workbench.ts'

const switches = { tinyIsShy: flag(false, 'Whether the tiny product hides its visitors') }
type TinySwitches = SwitchValuesOf<typeof switches>

/** What a test sees of the tiny product. */
export interface TinyState {
  visitors(): string[]
}

const teapot = {
  id: 'tiny-teapot',
  code: 'TINY-418',
  title: 'I am a teapot',
  status: 418,
  statusStyle: 'none',
  certainty: 'documented',
  method: 'GET',
  path: '/visit',
  cause: 'It was asked for coffee.',
  advice: 'Ask for tea.',
  source: 'RFC 2324',
} as const

const toAnswer: RunningProduct<unknown>['answerFault'] = (effect): FaultAnswer => {
  const status = effect.kind === 'server-error' ? effect.status : 429
  if (effect.kind !== 'documented-error') return { status, headers: {}, body: { tiny: status } }
  return { status: teapot.status, headers: {}, body: { code: teapot.code } }
}

function runTiny(workbench: Workbench<TinySwitches>): RunningProduct<TinyState> {
  const { recorder, clock, product } = workbench
  const visitors: string[] = []
  const describe = (method: string, path: string) => ({
    at: clock.now().toISOString(),
    method,
    path,
    query: [],
    host: 'localhost',
    cookies: [],
    caller: 'nobody' as const,
  })
  const sockets = createEngineSockets(workbench, {
    decide: (request) => ({
      recorded: describe('GET', request.url ?? '/'),
      outcome: {
        kind: 'accept',
        request: {
          appId: workbench.engine.apps()[0]?.id ?? '',
          user: { userId: 'tiny', subject: 'tiny', name: 'Tiny', email: '', groups: [] },
        },
      },
    }),
    answerFault: toAnswer,
  })

  const front = new Hono<WorkbenchEnv>()
  front.all('/_emulator', workbench.answerConsole)
  front.all('/_emulator/*', workbench.answerConsole)
  front.use(async (c, next) => {
    await next()
    const fault = c.get('fault')
    const told = fault === undefined ? {} : { fault }
    const described = { ...describe(c.req.method, c.req.path), ...told }
    recorder.add({ ...described, product, status: c.res.status, setCookies: [] })
  })
  front.use(applyFaults(workbench, toAnswer))
  front.get('/visit', (c) => {
    visitors.push(c.req.query('name') ?? 'somebody')
    return c.text('welcome')
  })
  const back = new Hono().get('/visitors', (c) =>
    c.json(workbench.switches.get().tinyIsShy ? [] : visitors),
  )
  return {
    listeners: [
      { name: 'front', port: 0, fetch: front.fetch, upgrade: sockets.handle },
      { name: 'back', port: 0, fetch: back.fetch },
    ],
    state: { visitors: () => [...visitors] },
    consoleRoutes: new Hono<{ Bindings: HttpBindings }>().get('/visitors', (c) =>
      c.json({ visitors }),
    ),
    adviceOn: ({ status }) => (status === 418 ? [{ why: teapot.cause, next: teapot.advice }] : []),
    answerFault: toAnswer,
    showError: async ({ method, path, status }) => ({
      method,
      path,
      by: 'rules',
      status,
      body: { code: teapot.code },
    }),
    endOverdue: () => {},
    cutSockets: sockets.cut,
    endSessions: () => {},
    reset() {
      visitors.length = 0
    },
    close: sockets.close,
  }
}

/** A product that knows nothing of Qlik: two listeners, a switch, a documented error, a state. */
export function tinyProduct(): Product<'tiny', TinySwitches, TinyState> {
  return {
    name: 'tiny',
    title: 'the tiny product',
    switches,
    errors: { errors: [teapot], closes: [], clientTexts: [] },
    run: runTiny,
  }
}
