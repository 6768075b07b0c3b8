import { randomBytes } from 'node:crypto'
import type { Engine } from '../engine/index.ts'
import { createPageFiles } from '../pages/page-files.ts'
import { checkAdminKey } from './admin-key.ts'
import { createClock } from './clock.ts'
import { consoleRoutes } from './console/routes.ts'
import { createFaultBoard } from './faults/fault-board.ts'
import { checkCloseCode, checkReason } from './faults/parse-fault.ts'
import { createFrameLog } from './frame-log.ts'
import type { PluggedProduct, Product, RunningWorkbench } from './product.ts'
import { createRecorder } from './recorder.ts'
import { createSwitches } from './switches.ts'
import type { SharedBench } from './workbench.ts'

/** Two products must not share a name: switches, errors and addresses go by it. */
function refuseSameNames(products: readonly Product[]): void {
  const names = products.flatMap(({ name, switches, errors }) => [
    name,
    ...Object.keys(switches),
    ...[...errors.errors, ...errors.closes].map(({ id }) => id),
  ])
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new TypeError(`two products have the name ${twice}`)
}

/**
 * Makes a workbench and runs products on it. It knows none of them: each brings its switches, documented errors,
 * routes of the console, state and listeners.
 *
 * @param options.adminKey 1 to 512 visible ASCII characters; random when omitted
 * @param options.realNow where real time comes from; `() => new Date()` when omitted
 */
export function createWorkbench(options: {
  engine: Engine
  products: readonly Product[]
  adminKey?: string
  realNow?: () => Date
}): RunningWorkbench {
  const { engine, products: definitions } = options
  refuseSameNames(definitions)
  const clock = createClock(options.realNow)
  const shared: SharedBench = {
    adminKey: checkAdminKey(options.adminKey ?? randomBytes(24).toString('base64url')),
    clock,
    recorder: createRecorder(),
    faults: createFaultBoard(
      Object.fromEntries(definitions.map(({ name, errors }) => [name, errors])),
    ),
    frames: createFrameLog({ now: () => clock.now() }),
    engine,
    pages: createPageFiles(),
  }
  const closes = definitions.flatMap(({ errors }) => errors.closes)
  const resetListeners = new Set<() => void>()
  const products: PluggedProduct[] = []
  const bench: RunningWorkbench = {
    ...shared,
    products,
    onReset(listener) {
      resetListeners.add(listener)
      return () => resetListeners.delete(listener)
    },
    cutSockets({ closeCode = 4003, reason } = {}) {
      const code = closeCode === 1006 ? closeCode : checkCloseCode(closeCode)
      const known = closes.find((one) => one.closeCode === closeCode)
      const text = checkReason(reason ?? known?.text ?? '')
      return products.reduce((cut, product) => cut + product.cutSockets(code, text), 0)
    },
    endOverdue() {
      for (const product of products) product.endOverdue()
    },
    reset() {
      // Before the clock goes back, so that no session ends for another reason.
      for (const product of products) product.endSessions('The emulator was reset')
      engine.reset()
      clock.reset()
      for (const product of products) {
        product.switches.reset()
        product.reset()
      }
      shared.recorder.clear()
      shared.faults.clear()
      shared.frames.clear()
      for (const listener of [...resetListeners]) listener()
    },
    close() {
      engine.close()
      for (const product of products) product.close()
    },
  }
  let console: ReturnType<typeof consoleRoutes> | undefined
  for (const definition of definitions) {
    const { name, errors } = definition
    const switches = createSwitches(definition.switches, definition.switchChanges)
    const running = definition.run({
      ...shared,
      product: name,
      switches,
      errors,
      answerConsole(context) {
        // Made when first asked for: by then every product runs.
        console ??= consoleRoutes(bench)
        return console.fetch(context.req.raw, context.env)
      },
    })
    products.push({ ...running, definition, switches })
  }
  clock.onMove(() => bench.endOverdue())
  return bench
}
