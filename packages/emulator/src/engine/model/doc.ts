import type { Cube } from '../cube/cube.ts'
import type { ListObject } from '../cube/list-object.ts'
import type { AppDefinition } from '../data/app-definition.ts'
import { reduceTable, type Table } from '../data/table.ts'
import { engineError, errorCodes } from '../engine-error.ts'
import type { Budget } from '../expression/evaluate.ts'
import { type JsonObject, objectAt, textAt } from '../json.ts'
import { engineLimits } from '../limits.ts'
import { type Association, associate } from '../selection/associate.ts'
import { createHistory, type SelectionHistory } from '../selection/history.ts'
import type { SelectionState } from '../selection/selection-state.ts'
import type { Bookmark } from './bookmark.ts'
import { createBudget } from './budget.ts'
import { applyPatches, type Patch, readPatches } from './patch.ts'

/** A generic object: its properties, and what one session has laid over them. */
export interface GenericObject {
  readonly id: string
  readonly type: string
  /** Belongs to the app and not to the session: it can be read, and patched softly. */
  readonly isStored: boolean
  readonly parentId: string | undefined
  readonly childIds: readonly string[]
  properties: JsonObject
  softPatches: readonly Patch[]
  /** What was computed for the doc's state with this number, by path. */
  computed: {
    version: number
    readonly cubes: Map<string, Cube>
    readonly lists: Map<string, ListObject>
  }
  /** What is searched for in list objects, by path. */
  readonly searches: Map<string, string>
}

/** A variable of the app or of the session. */
export interface Variable {
  readonly id: string
  readonly isStored: boolean
  properties: JsonObject
}

/** An app as one session has it open: the rows that its user may see, and the session's objects. */
export interface Doc {
  readonly app: AppDefinition
  /** Reduced by section access: nothing in a doc reaches the app's whole table. */
  readonly table: Table
  /** The app is open, and none of its rows is. */
  readonly isWithoutData: boolean
  readonly objects: Map<string, GenericObject>
  readonly variables: Map<string, Variable>
  /** The user's own: they outlive the session. */
  readonly bookmarks: Map<string, Bookmark>
  readonly selection: SelectionHistory
  /** What a selection means; worked out once for each. */
  association(state: SelectionState): Association
  /** Grows with whatever changes results: selections, variables. */
  version: number
  /** The next number of an ID that a client left to the engine. */
  nextId: number
  /** How many values its objects keep, about: those of objects that are gone count until there is no room. */
  keptValues: number
  /** What the call that is being answered may still compute. */
  budget: Budget
}

/** Opens an app; where it is opened without data, the rows are left out. */
export function createDoc(
  app: AppDefinition,
  rows: Table,
  bookmarks: Map<string, Bookmark> = new Map(),
  isWithoutData = false,
): Doc {
  const table = isWithoutData ? reduceTable(rows, () => false) : rows
  let known: { state: SelectionState; association: Association }[] = []
  const doc: Doc = {
    app,
    table,
    isWithoutData,
    objects: new Map(),
    variables: new Map(),
    bookmarks,
    selection: createHistory(),
    association: (state) => {
      const found = known.find((entry) => entry.state === state)
      if (found !== undefined) return found.association
      const association = associate(table, state)
      // A modal selection looks at two states by turns: the present one and that of its beginning.
      known = [{ state, association }, ...known.slice(0, 1)]
      return association
    },
    version: 0,
    nextId: 1,
    keptValues: 0,
    budget: createBudget(engineLimits.callOperations.value),
  }
  for (const tree of app.objects ?? []) addStored(doc, tree, undefined)
  for (const { name, definition } of app.variables ?? []) {
    const id = `variable-${name}`
    const properties = {
      qInfo: { qId: id, qType: 'variable' },
      qName: name,
      qDefinition: definition,
    }
    doc.variables.set(id, { id, isStored: true, properties })
  }
  return doc
}

function addStored(doc: Doc, tree: JsonObject, parentId: string | undefined): string {
  const properties = objectAt(tree, 'qProperty')
  const { qId, qType } = objectAt(properties, 'qInfo')
  const id = String(qId)
  const children = Array.isArray(tree.qChildren) ? (tree.qChildren as readonly JsonObject[]) : []
  const childIds = children.map((child) => addStored(doc, child, id))
  const stored = { id, type: String(qType), isStored: true, parentId, childIds, properties }
  doc.objects.set(id, { ...stored, ...blank() })
  return id
}

function blank(): Pick<GenericObject, 'softPatches' | 'computed' | 'searches'> {
  return { softPatches: [], computed: nothingComputed(-1), searches: new Map() }
}

export function nothingComputed(version: number): GenericObject['computed'] {
  return { version, cubes: new Map(), lists: new Map() }
}

/**
 * Makes a session object; an ID is invented where the properties have none.
 *
 * @throws an engine error 3 when there is an object with that ID
 */
export function createObject(doc: Doc, properties: JsonObject): GenericObject {
  refuseTooMany(doc)
  const info = objectAt(properties, 'qInfo')
  const id = textAt(info, 'qId') || freeId(doc)
  const type = textAt(info, 'qType')
  if (doc.objects.has(id)) {
    throw engineError(errorCodes.alreadyExists, `there is an object "${id}" already`, 'qProp')
  }
  const object: GenericObject = {
    id,
    type,
    isStored: false,
    parentId: undefined,
    childIds: [],
    properties: { ...properties, qInfo: { ...info, qId: id, qType: type } },
    ...blank(),
  }
  doc.objects.set(id, object)
  return object
}

/** Whatever a session makes stays in memory until it ends. */
export function refuseTooMany(doc: Doc): void {
  const { value } = engineLimits.objects
  if (doc.objects.size + doc.variables.size + doc.bookmarks.size < value) return
  const message = `the session has ${value} objects, variables and bookmarks, which are the most`
  throw engineError(errorCodes.invalidParameters, message)
}

/** Counted and not random, so that two runs of a test see the same frames. */
export function freeId(doc: Doc): string {
  for (;;) {
    const id = `s${String(doc.nextId).padStart(6, '0')}`
    doc.nextId += 1
    if (!doc.objects.has(id) && !doc.variables.has(id)) return id
  }
}

/** The properties with the session's soft patches. */
export function effectiveProperties(object: GenericObject): JsonObject {
  return applyPatches(object.properties, object.softPatches)
}

/** Puts new properties in; ID and type stay what they are. */
export function setProperties(object: GenericObject, properties: JsonObject): void {
  if (object.isStored) {
    const message = `the object "${object.id}" belongs to the app, which is published`
    throw engineError(errorCodes.accessDenied, message)
  }
  const info = { ...objectAt(properties, 'qInfo'), qId: object.id, qType: object.type }
  object.properties = { ...properties, qInfo: info }
  object.computed = nothingComputed(-1)
}

/** Changes properties by patches; soft ones are the session's and are not stored. */
export function patchProperties(
  object: GenericObject,
  entries: Parameters<typeof readPatches>[0],
  isSoft: boolean,
): void {
  const patches = readPatches(entries)
  if (!isSoft) {
    setProperties(object, applyPatches(object.properties, patches))
    return
  }
  setSoftPatches(object, [...object.softPatches, ...patches])
}

/** Puts soft patches in the place of those that are there. */
export function setSoftPatches(object: GenericObject, patches: readonly Patch[]): void {
  // Applied once now, so that a patch with no place is refused by the call that brings it.
  applyPatches(object.properties, patches)
  object.softPatches = patches
  object.computed = nothingComputed(-1)
}
