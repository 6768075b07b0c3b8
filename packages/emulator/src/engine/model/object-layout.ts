import { computeCube } from '../cube/compute.ts'
import type { Cube } from '../cube/cube.ts'
import { toHyperCube } from '../cube/hypercube.ts'
import { computeListObject, type ListObject, toListObject } from '../cube/list-object.ts'
import { engineError, errorCodes } from '../engine-error.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'
import { appLists } from './app-lists.ts'
import { contextOf, statesOf, stringExpression, valueExpression } from './calculate.ts'
import { currentSelections } from './current-selections.ts'
import { type Doc, effectiveProperties, type GenericObject, nothingComputed } from './doc.ts'
import { toLayout } from './layout.ts'

/** The layout of an object in the doc's present state. */
export function layoutOf(doc: Doc, object: GenericObject): JsonObject {
  const { modal } = doc.selection
  const layout = toLayout(effectiveProperties(object), {
    structures: {
      qHyperCubeDef: (path, definition) => [
        'qHyperCube',
        toHyperCube(cachedCube(doc, object, path, definition), statesOf(doc)),
      ],
      qListObjectDef: (path, definition) => [
        'qListObject',
        toListObject(cachedList(doc, object, path, definition), statesOf(doc)),
      ],
      qSelectionObjectDef: () => ['qSelectionObject', currentSelections(doc)],
      ...appLists(doc, object),
    },
    stringExpression: (text) => stringExpression(doc, text),
    valueExpression: (text) => valueExpression(doc, text),
    privileges: object.isStored
      ? ['read', 'exportdata']
      : ['read', 'update', 'delete', 'exportdata'],
  })
  if (modal?.objectId !== object.id) return { ...layout, qSelectionInfo: {} }
  const selectionInfo = { qInSelections: true, qMadeSelections: modal.hasMadeSelections }
  return { ...layout, qSelectionInfo: selectionInfo }
}

/** The cube at a path such as `/qHyperCubeDef`. */
export function cubeAt(doc: Doc, object: GenericObject, path: string): Cube {
  const { place, definition } = definitionAt(object, path, 'qHyperCubeDef')
  return cachedCube(doc, object, place, definition)
}

/** The list object at a path such as `/qListObjectDef`. */
export function listAt(doc: Doc, object: GenericObject, path: string): ListObject {
  const { place, definition } = definitionAt(object, path, 'qListObjectDef')
  return cachedList(doc, object, place, definition)
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

function cachedCube(doc: Doc, object: GenericObject, path: string, definition: JsonObject): Cube {
  const { cubes } = computedOf(doc, object)
  const known = cubes.get(path)
  if (known !== undefined) return known
  const cube = computeCube(definition, contextOf(doc, object))
  cubes.set(path, cube)
  return cube
}

function cachedList(doc: Doc, object: GenericObject, path: string, definition: JsonObject) {
  const { lists } = computedOf(doc, object)
  const known = lists.get(path)
  if (known !== undefined) return known
  const list = computeListObject(definition, contextOf(doc, object), object.searches.get(path))
  lists.set(path, list)
  return list
}

function computedOf(doc: Doc, object: GenericObject): GenericObject['computed'] {
  if (object.computed.version !== doc.version) object.computed = nothingComputed(doc.version)
  return object.computed
}
