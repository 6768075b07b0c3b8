import { emulatorError } from '../../errors.ts'
import type { ErrorCatalogue } from './error-catalogue.ts'
import type { ActiveFault, AnswerEffect, Fault } from './fault.ts'
import { parseFault } from './parse-fault.ts'

/** What the faults do to one request: how long it waits, and what it then gets instead of an answer. */
interface FaultOutcome {
  readonly latencyMs: number
  readonly effect?: AnswerEffect
}

/** The message of an engine error that a fault names by its code alone, as users report it. */
const documentedMessages: ReadonlyMap<number, string> = new Map([
  [1002, 'App already open'],
  [1009, 'App already open in different mode'],
])
const unnamed = 'A fault that was switched on'

/** What the faults look at. */
interface FaultRequest {
  /** The name of the product that is asked. */
  readonly product: string
  readonly method: string
  readonly path: string
  readonly isSocket: boolean
}

/** The JSON-RPC error of a call. */
interface EngineRefusal {
  readonly code: number
  readonly message: string
}

/** The faults of one emulator. */
export interface FaultBoard {
  /** Those that are on, in the order in which they are asked. */
  get(): ActiveFault[]
  /** Replaces all. `seed` (default 1) restarts the random draws of probabilities, so that a run can be repeated. */
  set(faults: readonly Fault[], options?: { seed?: number }): void
  /** Adds one at the end; gives its ID. */
  add(fault: Fault): number
  /** False when there is none of this ID. */
  remove(id: number): boolean
  clear(): void
}

/** The side of the board that requests and calls ask. */
export interface FaultMatcher {
  /**
   * Asks the faults in order: latencies add up, and the first other one decides. A documented error is for its own product.
   *
   * @param request.isSocket whether it is the handshake of a web socket; `close-socket` is for these only
   */
  apply(request: FaultRequest): FaultOutcome
  /**
   * Asks the faults for calls of the engine in order; the first decides.
   *
   * @param call.path the socket's; `call.name` the method, such as `GenericObject.GetLayout`
   */
  applyToCall(call: { path: string; name: string }): EngineRefusal | undefined
  /** Calls a listener after each change; gives what ends that. */
  onChange(listener: () => void): () => void
}

/** mulberry32: 32 bits of state are plenty for draws that only have to be repeatable. */
function createDraws(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function checkSeed(seed: unknown): number {
  if (Number.isSafeInteger(seed)) return seed as number
  throw emulatorError('ERR_EMULATOR_FAULT', { problem: 'seed must be a whole number' })
}

/**
 * Makes an empty board.
 *
 * @param catalogues the documented errors by the name of their product
 */
export function createFaultBoard(
  catalogues: Readonly<Record<string, ErrorCatalogue>>,
): FaultBoard & FaultMatcher {
  const productOf = new Map(
    Object.entries(catalogues).flatMap(([product, { errors }]) =>
      errors.map(({ id }) => [id, product] as const),
    ),
  )
  const parse = (fault: unknown) => parseFault(fault, [...productOf.keys()])
  let active: (Fault & { readonly id: number; timesApplied: number })[] = []
  let draw = createDraws(1)
  let lastId = 0
  const listeners = new Set<() => void>()
  const changed = () => {
    for (const listener of [...listeners]) listener()
  }
  const activate = (fault: Fault) => {
    lastId += 1
    return { ...fault, id: lastId, timesApplied: 0 }
  }
  const isFor = ({ times, timesApplied, pathPrefix }: ActiveFault, path: string) =>
    timesApplied < (times ?? Number.POSITIVE_INFINITY) && path.startsWith(pathPrefix ?? '/')
  const isDrawn = ({ probability }: ActiveFault) =>
    probability === undefined || draw() < probability
  return {
    get: () => active.map((one) => ({ ...one })),
    set(faults, { seed = 1 } = {}) {
      if (!Array.isArray(faults))
        throw emulatorError('ERR_EMULATOR_FAULT', { problem: 'faults must be an array' })
      const parsed = faults.map(parse)
      draw = createDraws(checkSeed(seed))
      active = parsed.map(activate)
      changed()
    },
    add(fault) {
      const one = activate(parse(fault))
      // What was applied as often as it may stays to be looked at, but not permanently.
      if (active.length >= 200)
        active = active.filter(
          ({ times, timesApplied }) => times === undefined || timesApplied < times,
        )
      active.push(one)
      changed()
      return one.id
    },
    remove(id) {
      const left = active.filter((one) => one.id !== id)
      const found = left.length < active.length
      active = left
      if (found) changed()
      return found
    },
    clear() {
      active = []
      draw = createDraws(1)
      changed()
    },
    apply({ product, method, path, isSocket }) {
      let latencyMs = 0
      let wasApplied = false
      let effect: AnswerEffect | undefined
      for (const fault of active) {
        if (fault.effect.kind === 'engine-error' || !isFor(fault, path)) continue
        if (fault.method !== undefined && fault.method !== method) continue
        if (fault.effect.kind === 'close-socket' && !isSocket) continue
        if (
          fault.effect.kind === 'documented-error' &&
          productOf.get(fault.effect.error) !== product
        )
          continue
        if (!isDrawn(fault)) continue
        fault.timesApplied += 1
        wasApplied = true
        if (fault.effect.kind === 'latency') latencyMs += fault.effect.ms
        else {
          effect = fault.effect
          break
        }
      }
      if (wasApplied) changed()
      return { latencyMs, ...(effect === undefined ? {} : { effect }) }
    },
    applyToCall({ path, name }) {
      for (const fault of active) {
        const { effect } = fault
        if (effect.kind !== 'engine-error' || !isFor(fault, path)) continue
        const {
          code,
          message = documentedMessages.get(effect.code) ?? unnamed,
          call = name,
        } = effect
        if (call !== name && call !== name.slice(name.indexOf('.') + 1)) continue
        if (!isDrawn(fault)) continue
        fault.timesApplied += 1
        changed()
        return { code, message }
      }
      return undefined
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
