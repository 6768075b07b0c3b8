import { engineError, errorCodes, isEngineError } from '../engine-error.ts'
import { isExpressionError } from '../expression/expression-error.ts'
import { isJsonObject, type Json, type JsonObject, textAt } from '../json.ts'
import { engineLimits } from '../limits.ts'
import { createBudget } from '../model/budget.ts'
import type { EngineSession } from '../model/session.ts'
import type { Steps } from '../slices.ts'
import { bookmarkMethods } from './bookmark-methods.ts'
import { docMethods } from './doc-methods.ts'
import { fieldMethods } from './field-methods.ts'
import { globalMethods } from './global-methods.ts'
import type { EngineSurroundings, MethodTable } from './method.ts'
import { objectMethods } from './object-methods.ts'
import { readParameters } from './parameters.ts'
import { type EngineSchema, readEngineSchema } from './schema.ts'
import { selectionMethods } from './selection-methods.ts'
import { variableMethods } from './variable-methods.ts'

/** The methods that are built, by class and name. */
export const methods: MethodTable = {
  ...globalMethods,
  ...docMethods,
  ...objectMethods,
  ...selectionMethods,
  ...fieldMethods,
  ...variableMethods,
  ...bookmarkMethods,
}

/** The interface that requests are read against. */
export const schema: EngineSchema = readEngineSchema()

/** A method of the engine's interface, and whether the emulator answers it or refuses it by name. */
export interface EngineMethod {
  readonly name: string
  readonly isSupported: boolean
}

/** Every method of the classes that a client of today meets, in the order of the schema. */
export function listEngineMethods(): readonly EngineMethod[] {
  const classes = new Set(Object.keys(methods).map((name) => name.split('.')[0]))
  return [...schema.methods.keys()]
    .filter((name) => classes.has(name.split('.')[0]))
    .map((name) => ({ name, isSupported: Object.hasOwn(methods, name) }))
}

/** What a frame leads to. */
export interface Outcome {
  /** Nothing is answered to a request without an id. */
  readonly answer: JsonObject | undefined
  readonly changed: readonly number[]
  readonly closed: readonly number[]
}

/** Reads a frame, runs its method and gives the answer. Whatever goes wrong is an answer too. */
export function* dispatch(
  text: string,
  session: EngineSession,
  surroundings: EngineSurroundings,
): Steps<Outcome> {
  let frame: Json
  try {
    frame = JSON.parse(text) as Json
  } catch {
    return refusal(null, errorCodes.parse, 'Parse error: the frame is not JSON')
  }
  if (!isJsonObject(frame)) {
    return refusal(null, errorCodes.invalidRequest, 'Invalid request: the frame is not an object')
  }
  const { id } = frame
  if (id !== undefined && typeof id !== 'number' && typeof id !== 'string') {
    return refusal(null, errorCodes.invalidRequest, 'Invalid request: id is not a number', 'id')
  }
  const changed = new Set<number>()
  const closed = new Set<number>()
  const answer = yield* run(frame, session, surroundings, changed, closed)
  if (id === undefined) return { answer: undefined, changed: [...changed], closed: [...closed] }
  const lists = {
    ...(changed.size === 0 ? {} : { change: [...changed] }),
    ...(closed.size === 0 ? {} : { close: [...closed] }),
  }
  return {
    answer: { jsonrpc: '2.0', id, ...answer, ...lists },
    changed: [...changed],
    closed: [...closed],
  }
}

function* run(
  frame: JsonObject,
  session: EngineSession,
  surroundings: EngineSurroundings,
  changed: Set<number>,
  closed: Set<number>,
): Steps<JsonObject> {
  try {
    const { target, name } = findTarget(frame, session)
    const parameters = schema.methods.get(name)
    if (parameters === undefined) {
      throw engineError(errorCodes.methodNotFound, `Method not found: ${name}`, 'method')
    }
    // Own properties only: the name comes from the client.
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined
    if (method === undefined) {
      const message = `not supported by the jotgate emulator: ${name}`
      throw engineError(errorCodes.methodNotFound, message, 'method')
    }
    const fault = surroundings.faultOf?.(name)
    if (fault !== undefined) throw engineError(fault.code, fault.message)
    if (session.doc !== undefined)
      session.doc.budget = createBudget(engineLimits.callOperations.value)
    const answer = method({
      params: readParameters(frame.params, parameters),
      target,
      session,
      surroundings,
      changed: (...handles) => {
        for (const handle of handles) changed.add(handle)
      },
      closed: (...handles) => {
        for (const handle of handles) closed.add(handle)
      },
    })
    const result = isSteps(answer) ? yield* answer : answer
    return { result }
  } catch (error) {
    if (isEngineError(error)) return errorOf(error.engineCode, error.message, error.parameter)
    if (isExpressionError(error)) return errorOf(errorCodes.invalidParameters, error.message)
    // A fault of the emulator's own: the client would wait forever for its answer.
    const reason = error instanceof Error ? error.message : String(error)
    return errorOf(errorCodes.internal, `the jotgate emulator failed: ${reason}`)
  }
}

function isSteps(answer: JsonObject | Steps<JsonObject>): answer is Steps<JsonObject> {
  return Symbol.iterator in answer
}

function findTarget(frame: JsonObject, session: EngineSession) {
  const { handle } = frame
  if (typeof handle !== 'number') {
    throw engineError(
      errorCodes.invalidRequest,
      'Invalid request: handle is not a number',
      'handle',
    )
  }
  const method = textAt(frame, 'method')
  if (method === '') {
    throw engineError(errorCodes.invalidRequest, 'Invalid request: there is no method', 'method')
  }
  const target = session.handles.get(handle)
  if (target === undefined) {
    throw engineError(errorCodes.notFound, `Invalid handle: ${handle}`, 'handle')
  }
  return { target, name: `${target.kind}.${method}` }
}

function errorOf(code: number, message: string, parameter = ''): JsonObject {
  return { error: { code, parameter, message } }
}

function refusal(id: null, code: number, message: string, parameter = ''): Outcome {
  return {
    answer: { jsonrpc: '2.0', id, ...errorOf(code, message, parameter) },
    changed: [],
    closed: [],
  }
}
