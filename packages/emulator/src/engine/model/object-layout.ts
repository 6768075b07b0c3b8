import { computeCube } from '../cube/compute.ts'
import type { Cube } from '../cube/cube.ts'
import { toHyperCube } from '../cube/hypercube.ts'
import { computeListObject, type ListObject, toListObject } from '../cube/list-object.ts'
import { engineError, errorCodes } from '../engine-error.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { engineLimits } from '../limits.ts'
import type { Steps } from '../slices.ts'
import { appLists } from './app-lists.ts'
import { contextOf, statesOf, stringExpression, valueExpression } from './calculate.ts'
import { currentSelections } from './current-selections.ts'
import { type Doc, effectiveProperties, type GenericObject, nothingComputed } from './doc.ts'
import { type Structure, toLayout } from './layout.ts'

/** The layout of an object in the doc's present state. */
export function* layoutOf(doc: Doc, object: GenericObject): Steps<JsonObject> {
  const { modal } = doc.selection
  const layout = yield* toLayout(effectiveProperties(object), {
    structures: {
      *qHyperCubeDef(path, definition) {
        const cube = yield* cachedCube(doc, object, path, definition)
        return ['qHyperCube', yield* toHyperCube(cube, statesOf(doc))]
      },
      *qListObjectDef(path, definition) {
        const list = yield* cachedList(doc, object, path, definition)
        return ['qListObject', toListObject(list, statesOf(doc))]
      },
      // biome-ignore lint/correctness/useYield: as large as the selections are, which is little.
      *qSelectionObjectDef() {
        return ['qSelectionObject', currentSelections(doc)]
      },
      ...listStructures(doc, object),
    },
    stringExpression: (text) => stringExpression(doc, text),
    valueExpression: (text) => valueExpression(doc, text),
    countStructure: countStructures(),
    privileges: object.isStored
      ? ['read', 'exportdata']
      : ['read', 'update', 'delete', 'exportdata'],
  })
  if (modal?.objectId !== object.id) return { ...layout, qSelectionInfo: {} }
  const selectionInfo = { qInSelections: true, qMadeSelections: modal.hasMadeSelections }
  return { ...layout, qSelectionInfo: selectionInfo }
}

function listStructures(doc: Doc, object: GenericObject): Record<string, Structure> {
  return Object.fromEntries(
    Object.entries(appLists(doc, object)).map(([key, list]): [string, Structure] => [
      key,
      function* (_, definition) {
        yield
        const [name, items] = list(definition)
        return [name, { qItems: items }]
      },
    ]),
  )
}

/** A layout of many cubes would be computed cube by cube, each within its own limits. */
function countStructures(): () => void {
  const { value } = engineLimits.structures
  let count = 0
  return () => {
    count += 1
    if (count <= value) return
    const message = `the object has more than ${value} hypercubes, lists and expressions`
    throw engineError(errorCodes.pagesTooLarge, message)
  }
}

/** The cube at a path such as `/qHyperCubeDef`. */
export function* cubeAt(doc: Doc, object: GenericObject, path: string): Steps<Cube> {
  const { place, definition } = definitionAt(object, path, 'qHyperCubeDef')
  return yield* cachedCube(doc, object, place, definition)
}

/** The list object at a path such as `/qListObjectDef`. */
export function* listAt(doc: Doc, object: GenericObject, path: string): Steps<ListObject> {
  const { place, definition } = definitionAt(object, path, 'qListObjectDef')
  return yield* cachedList(doc, object, place, definition)
}

/** What stands at a path of the properties, when it is such a definition. */
function definitionAt(object: GenericObject, path: string, key: string) {
  const place = path.startsWith('/') ? path : `/${path}`
  let found: Json | undefined = effectiveProperties(object)
  for (const segment of place.slice(1).split('/')) {
    if (Array.isArray(found)) found = found[Number(segment)]
    else found = isJsonObject(found) && Object.hasOwn(found, segment) ? found[segment] : undefined
  }
  if (place.endsWith(`/${key}`) && isJsonObject(found)) return { place, definition: found }
  throw engineError(errorCodes.invalidPath, `there is no ${key} at ${place}`, 'qPath')
}

function* cachedCube(
  doc: Doc,
  object: GenericObject,
  path: string,
  definition: JsonObject,
): Steps<Cube> {
  const { cubes } = computedOf(doc, object)
  const known = cubes.get(path)
  if (known !== undefined) return known
  const cube = yield* computeCube(definition, contextOf(doc, object))
  makeRoomFor(doc, cube.measures.length * (cube.data?.groupCount ?? 0))
  computedOf(doc, object).cubes.set(path, cube)
  return cube
}

/** Drops what was computed before where all of it together would take too much memory. */
function makeRoomFor(doc: Doc, values: number): void {
  doc.keptValues += values
  if (doc.keptValues <= engineLimits.keptValues.value) return
  for (const object of doc.objects.values()) object.computed = nothingComputed(-1)
  doc.keptValues = values
}

function* cachedList(
  doc: Doc,
  object: GenericObject,
  path: string,
  definition: JsonObject,
): Steps<ListObject> {
  const { lists } = computedOf(doc, object)
  const known = lists.get(path)
  if (known !== undefined) return known
  const search = object.searches.get(path)
  const list = yield* computeListObject(definition, contextOf(doc, object), search)
  makeRoomFor(doc, list.elements.length)
  computedOf(doc, object).lists.set(path, list)
  return list
}

function computedOf(doc: Doc, object: GenericObject): GenericObject['computed'] {
  if (object.computed.version !== doc.version) object.computed = nothingComputed(doc.version)
  return object.computed
}
