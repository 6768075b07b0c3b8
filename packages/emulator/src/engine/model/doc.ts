import { randomUUID } from 'node:crypto'
import { type Cube, type CubeContext, computeCube } from '../cube/compute.ts'
import { type FieldStates, toHyperCube } from '../cube/hypercube.ts'
import type { AppDefinition } from '../data/app-definition.ts'
import type { Table } from '../data/table.ts'
import { engineError, errorCodes } from '../engine-error.ts'
import { evaluateByGroup } from '../expression/evaluate.ts'
import { isExpressionError } from '../expression/expression-error.ts'
import { parseExpression } from '../expression/parse.ts'
import { toNumber, toText, type Value } from '../expression/value.ts'
import { isJsonObject, type JsonObject, jsonNumber, objectAt, textAt } from '../json.ts'
import { type LayoutSource, toLayout } from './layout.ts'
import { applyPatches, type Patch } from './patch.ts'

/** A generic object: its properties, and what one session has laid over them. */
export interface GenericObject {
  readonly id: string
  readonly type: string
  properties: JsonObject
  softPatches: readonly Patch[]
  /** Cubes by path, computed for the state with this number; see `Doc.version`. */
  cubes: { version: number; readonly byPath: Map<string, Cube> }
}

/** An app as one session has it open: the rows that its user may see, and the session's objects. */
export interface Doc {
  readonly app: AppDefinition
  /** Reduced by section access: nothing in a doc reaches the app's whole table. */
  readonly table: Table
  readonly objects: Map<string, GenericObject>
  readonly states: FieldStates
  /** Grows with whatever changes results: selections, variables. */
  version: number
}

export function createDoc(app: AppDefinition, table: Table): Doc {
  return {
    app,
    table,
    objects: new Map(),
    states: { stateOf: () => 'O', stateCounts: (field) => optionCounts(field.values.length) },
    version: 0,
  }
}

function optionCounts(count: number): JsonObject {
  return {
    qLocked: 0,
    qSelected: 0,
    qOption: count,
    qDeselected: 0,
    qAlternative: 0,
    qExcluded: 0,
    qSelectedExcluded: 0,
    qLockedExcluded: 0,
  }
}

/** Makes a session object; an ID is invented where the properties have none. */
export function createObject(doc: Doc, properties: JsonObject): GenericObject {
  const info = objectAt(properties, 'qInfo')
  const id = textAt(info, 'qId') || randomUUID().slice(0, 8)
  const type = textAt(info, 'qType')
  const object: GenericObject = {
    id,
    type,
    properties: { ...properties, qInfo: { ...info, qId: id, qType: type } },
    softPatches: [],
    cubes: { version: -1, byPath: new Map() },
  }
  doc.objects.set(id, object)
  return object
}

/** The properties with the session's soft patches. */
export function effectiveProperties(object: GenericObject): JsonObject {
  return applyPatches(object.properties, object.softPatches)
}

/** Puts new properties in; ID and type stay what they are. */
export function setProperties(object: GenericObject, properties: JsonObject): void {
  const info = { ...objectAt(properties, 'qInfo'), qId: object.id, qType: object.type }
  object.properties = { ...properties, qInfo: info }
  forgetCubes(object)
}

/** Changes properties by patches; soft ones are the session's and are not stored. */
export function patchProperties(
  object: GenericObject,
  patches: readonly Patch[],
  isSoft: boolean,
): void {
  if (isSoft) {
    const softPatches = [...object.softPatches, ...patches]
    // Applied once now, so that a patch with no place is refused by the call that brings it.
    applyPatches(object.properties, softPatches)
    object.softPatches = softPatches
  } else setProperties(object, applyPatches(object.properties, patches))
  forgetCubes(object)
}

function forgetCubes(object: GenericObject): void {
  object.cubes = { version: -1, byPath: new Map() }
}

/** The layout of an object in the doc's present state. */
export function layoutOf(doc: Doc, object: GenericObject): JsonObject {
  const source: LayoutSource = {
    hyperCube: (path, definition) =>
      toHyperCube(cachedCube(doc, object, path, definition), doc.states),
    stringExpression: (text) => stringExpression(doc, text),
    valueExpression: (text) => valueExpression(doc, text),
  }
  return toLayout(effectiveProperties(object), source)
}

/** The cube at a path such as `/qHyperCubeDef`. */
export function cubeAt(doc: Doc, object: GenericObject, path: string): Cube {
  const place = path.startsWith('/') ? path : `/${path}`
  let found: unknown = effectiveProperties(object)
  for (const key of place.slice(1).split('/')) {
    found = typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined
  }
  const isCube = place.endsWith('/qHyperCubeDef') && isJsonObject(found as JsonObject)
  if (!isCube) {
    throw engineError(errorCodes.invalidPath, `there is no hypercube at ${place}`, 'qPath')
  }
  return cachedCube(doc, object, place, found as JsonObject)
}

function cachedCube(doc: Doc, object: GenericObject, path: string, definition: JsonObject): Cube {
  if (object.cubes.version !== doc.version) {
    object.cubes = { version: doc.version, byPath: new Map() }
  }
  const known = object.cubes.byPath.get(path)
  if (known !== undefined) return known
  const cube = computeCube(definition, cubeContext(doc))
  object.cubes.byPath.set(path, cube)
  return cube
}

const collator = new Intl.Collator('en', { numeric: false })

function cubeContext(doc: Doc): CubeContext {
  return {
    table: doc.table,
    rows: Int32Array.from({ length: doc.table.rowCount }, (_, row) => row),
    compareText: collator.compare,
    expand: (text) => text,
  }
}

/** The value of an expression over all rows that the selections leave. */
export function evaluate(doc: Doc, text: string): Value {
  const { table, rows, expand } = cubeContext(doc)
  const groups = new Int32Array(rows.length)
  const [value] = evaluateByGroup(parseExpression(expand(text)), {
    table,
    rows,
    groups,
    groupCount: 1,
  })
  return value ?? null
}

/** A property text is an expression only when it begins with `=`. */
function stringExpression(doc: Doc, text: string): string {
  if (!text.trimStart().startsWith('=')) return text
  return explained(() => toText(evaluate(doc, text)) ?? '-')
}

function valueExpression(doc: Doc, text: string): number | string {
  if (text.trim() === '') return 'NaN'
  return explained(() => jsonNumber(toNumber(evaluate(doc, text))))
}

/** The engine shows an expression's error in the place of its value. */
function explained<Result>(read: () => Result): Result | string {
  try {
    return read()
  } catch (error) {
    if (isExpressionError(error)) return `Error: ${error.message}`
    throw error
  }
}
