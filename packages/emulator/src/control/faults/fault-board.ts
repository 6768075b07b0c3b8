import { emulatorError } from '../../errors.ts'
import type { AnswerEffect, ArmedFault, Fault } from './fault.ts'
import { parseFault } from './parse-fault.ts'

/** What strikes one request: how long it waits, and what it then gets instead of an answer. */
interface Strike {
  readonly latencyMs: number
  readonly effect?: AnswerEffect
}

/** The JSON-RPC error of a call. */
interface EngineRefusal {
  readonly code: number
  readonly message: string
}

/** The faults of one emulator. */
export interface FaultBoard {
  /** Those that are on, in the order in which they are asked. */
  get(): ArmedFault[]
  /** Replaces all. `seed` (default 1) begins the draws of probabilities anew, so that a run can be repeated. */
  set(faults: readonly Fault[], options?: { seed?: number }): void
  /** Adds one at the end; gives its ID. */
  add(fault: Fault): number
  /** False when there is none of this ID. */
  remove(id: number): boolean
  clear(): void
}

/** The side of the board that requests meet. */
export interface FaultStriker {
  /**
   * Asks the faults in order: latencies add up, and the first other one decides.
   *
   * @param request.isSocket whether it is the handshake of a web socket; other requests meet no `close-socket`
   */
  strike(request: { method: string; path: string; isSocket: boolean }): Strike
  /**
   * Asks the faults for calls of the engine in order; the first decides.
   *
   * @param call.path the socket's; `call.name` the method, such as `GenericObject.GetLayout`
   */
  strikeCall(call: { path: string; name: string }): EngineRefusal | undefined
  /** Calls a listener after each change. */
  onChange(listener: () => void): void
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

/** Makes an empty board. */
export function createFaultBoard(): FaultBoard & FaultStriker {
  let armed: (Fault & { readonly id: number; struck: number })[] = []
  let draw = createDraws(1)
  let lastId = 0
  const listeners: (() => void)[] = []
  const changed = () => {
    for (const listener of listeners) listener()
  }
  const arm = (fault: Fault) => {
    lastId += 1
    return { ...fault, id: lastId, struck: 0 }
  }
  const mayStrike = ({ times, struck, pathPrefix }: ArmedFault, path: string) =>
    struck < (times ?? Number.POSITIVE_INFINITY) && path.startsWith(pathPrefix ?? '/')
  const isDrawn = ({ probability }: ArmedFault) => probability === undefined || draw() < probability
  return {
    get: () => armed.map((one) => ({ ...one })),
    set(faults, { seed = 1 } = {}) {
      if (!Array.isArray(faults))
        throw emulatorError('ERR_EMULATOR_FAULT', { problem: 'faults must be an array' })
      const parsed = faults.map(parseFault)
      draw = createDraws(checkSeed(seed))
      armed = parsed.map(arm)
      changed()
    },
    add(fault) {
      const one = arm(parseFault(fault))
      // What has struck as often as it may stays to be looked at, but not for ever.
      if (armed.length >= 200)
        armed = armed.filter(({ times, struck }) => times === undefined || struck < times)
      armed.push(one)
      changed()
      return one.id
    },
    remove(id) {
      const left = armed.filter((one) => one.id !== id)
      const found = left.length < armed.length
      armed = left
      if (found) changed()
      return found
    },
    clear() {
      armed = []
      draw = createDraws(1)
      changed()
    },
    strike({ method, path, isSocket }) {
      let latencyMs = 0
      let struck = false
      let effect: Strike['effect']
      for (const fault of armed) {
        if (fault.effect.kind === 'engine-error' || !mayStrike(fault, path)) continue
        if (fault.method !== undefined && fault.method !== method) continue
        if (fault.effect.kind === 'close-socket' && !isSocket) continue
        if (!isDrawn(fault)) continue
        fault.struck += 1
        struck = true
        if (fault.effect.kind === 'latency') latencyMs += fault.effect.ms
        else {
          effect = fault.effect
          break
        }
      }
      if (struck) changed()
      return { latencyMs, ...(effect === undefined ? {} : { effect }) }
    },
    strikeCall({ path, name }) {
      for (const fault of armed) {
        const { effect } = fault
        if (effect.kind !== 'engine-error' || !mayStrike(fault, path)) continue
        const { code, message = 'A fault that was switched on', call = name } = effect
        if (call !== name && call !== name.slice(name.indexOf('.') + 1)) continue
        if (!isDrawn(fault)) continue
        fault.struck += 1
        changed()
        return { code, message }
      }
      return undefined
    },
    onChange(listener) {
      listeners.push(listener)
    },
  }
}
