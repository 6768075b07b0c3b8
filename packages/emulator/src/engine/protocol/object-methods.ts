import { toCsvText } from '../cube/csv-text.ts'
import type { Cube } from '../cube/cube.ts'
import { toDataPages } from '../cube/hypercube.ts'
import { toListPage } from '../cube/list-object.ts'
import { readPages } from '../cube/page.ts'
import { toStack, toStackPages } from '../cube/stack.ts'
import { engineError, errorCodes } from '../engine-error.ts'
import { arrayAt, isTrueAt, type JsonObject, numberAt, objectAt, textAt } from '../json.ts'
import { engineLimits } from '../limits.ts'
import { statesOf } from '../model/calculate.ts'
import {
  type Doc,
  effectiveProperties,
  type GenericObject,
  patchProperties,
  setProperties,
  setSoftPatches,
} from '../model/doc.ts'
import { cubeAt, layoutOf, listAt } from '../model/object-layout.ts'
import { handleOfObject, openDocOf } from '../model/session.ts'
import type { Steps } from '../slices.ts'
import type { Call, MethodTable } from './method.ts'
import { referenceTo } from './reference.ts'

export const objectMethods: MethodTable = {
  *'GenericObject.GetLayout'(call) {
    return { qLayout: yield* layoutOf(openDocOf(call.session), objectOf(call)) }
  },
  'GenericObject.GetProperties': (call) => ({ qProp: objectOf(call).properties }),
  'GenericObject.GetEffectiveProperties': (call) => ({
    qProp: effectiveProperties(objectOf(call)),
  }),
  'GenericObject.GetFullPropertyTree': (call) => ({
    qPropEntry: propertyTree(openDocOf(call.session), objectOf(call)),
  }),
  'GenericObject.GetInfo': (call) => {
    const { id, type } = objectOf(call)
    return { qInfo: { qId: id, qType: type } }
  },
  'GenericObject.SetProperties': (call) => {
    const object = objectOf(call)
    setProperties(object, objectAt(call.params, 'qProp'))
    call.changed(handleOfObject(call.session, object.id))
    return {}
  },
  'GenericObject.ApplyPatches': (call) => {
    const object = objectOf(call)
    patchProperties(object, arrayAt(call.params, 'qPatches'), isTrueAt(call.params, 'qSoftPatch'))
    call.changed(handleOfObject(call.session, object.id))
    return {}
  },
  'GenericObject.ClearSoftPatches': (call) => {
    const object = objectOf(call)
    setSoftPatches(object, [])
    call.changed(handleOfObject(call.session, object.id))
    return {}
  },
  *'GenericObject.GetHyperCubeData'(call) {
    return { qDataPages: yield* dataPages(call, 'S') }
  },
  // Charts ask with mode D1 for as many points as they can draw. How Qlik thins out more than that
  // is not documented, so the page is answered as it stands.
  *'GenericObject.GetHyperCubeReducedData'(call) {
    return { qDataPages: yield* reducedPages(call) }
  },
  *'GenericObject.GetHyperCubeStackData'(call) {
    return { qDataPages: yield* stackPages(call) }
  },
  *'GenericObject.GetListObjectData'(call) {
    const { session, params } = call
    const doc = openDocOf(session)
    const list = yield* listAt(doc, objectOf(call), textAt(params, 'qPath'))
    const pages = readPages(arrayAt(params, 'qPages'))
    return { qDataPages: pages.map((page) => toListPage(list, page, statesOf(doc))) }
  },
  *'GenericObject.ExportData'(call) {
    return { qUrl: yield* exportData(call), qWarnings: [] }
  },
  'GenericObject.GetChildInfos': (call) => {
    const doc = openDocOf(call.session)
    const children = objectOf(call).childIds.flatMap((id) => doc.objects.get(id) ?? [])
    return { qInfos: children.map(({ id, type }) => ({ qId: id, qType: type })) }
  },
  'GenericObject.GetChild': (call) => {
    const { childIds } = objectOf(call)
    const id = textAt(call.params, 'qId')
    return { qReturn: referenceTo(call.session, childIds.includes(id) ? id : undefined) }
  },
  'GenericObject.GetParent': (call) => ({
    qReturn: referenceTo(call.session, objectOf(call).parentId),
  }),
}

/** The object that a request is for. */
export function objectOf({ session, target }: Call): GenericObject {
  const object =
    target.kind === 'GenericObject' ? openDocOf(session).objects.get(target.id) : undefined
  if (object === undefined) throw engineError(errorCodes.notFound, 'there is no such object')
  return object
}

function propertyTree(doc: Doc, object: GenericObject): JsonObject {
  const children = object.childIds.flatMap((id) => doc.objects.get(id) ?? [])
  return {
    qProperty: object.properties,
    qChildren: children.map((child) => propertyTree(doc, child)),
  }
}

/** The cube of a request, which must be in the mode that the method is for. */
function* cubeOf(call: Call, mode: 'S' | 'K'): Steps<Cube> {
  const path = textAt(call.params, 'qPath')
  const cube = yield* cubeAt(openDocOf(call.session), objectOf(call), path)
  if (textAt(cube.definition, 'qMode', 'S') === mode) return cube
  throw engineError(errorCodes.invalidObjectState, `the hypercube is not in mode ${mode}`, 'qPath')
}

function* dataPages(call: Call, mode: 'S' | 'K'): Steps<JsonObject[]> {
  const pages = readPages(arrayAt(call.params, 'qPages'))
  const cube = yield* cubeOf(call, mode)
  return yield* toDataPages(cube, pages, statesOf(openDocOf(call.session)))
}

/** Of what is possible under the selections, as text: other files are a spreadsheet's matter. */
function* exportData(call: Call): Steps<string> {
  const { params, session } = call
  const { saveExport } = call.surroundings
  const separator = separators[textAt(params, 'qFileType')]
  if (saveExport === undefined || separator === undefined)
    throw engineError(errorCodes.notImplemented, 'only CSV_C and CSV_T, on client-managed Qlik')
  const doc = openDocOf(session)
  const object = objectOf(call)
  const path = textAt(params, 'qPath', '/qHyperCubeDef')
  const cube = yield* cubeAt(doc, object, path)
  const body = yield* toCsvText(cube, statesOf(doc), separator)
  const name = `${textAt(params, 'qFileName') || object.id}.csv`
  return saveExport({ name, type: 'text/csv; charset=utf-8', body })
}

const separators: Readonly<Record<string, string>> = { CSV_C: ',', CSV_T: '\t' }

/** For a stack, charts take rows of all columns, whichever column they begin the page at. */
function* reducedPages(call: Call): Steps<JsonObject[]> {
  const { session, params } = call
  const pages = readPages(arrayAt(params, 'qPages'))
  const cube = yield* cubeAt(openDocOf(session), objectOf(call), textAt(params, 'qPath'))
  if (cube.definition.qMode !== 'K') return yield* dataPages(call, 'S')
  const width = cube.dimensions.length + cube.measures.length
  const whole = pages.map((page) => ({ ...page, left: 0, width }))
  return yield* toDataPages(cube, whole, statesOf(openDocOf(session)))
}

function* stackPages(call: Call): Steps<JsonObject[]> {
  const pages = readPages(arrayAt(call.params, 'qPages'))
  const stack = yield* toStack(yield* cubeOf(call, 'K'))
  const { value: most } = engineLimits.pageCells
  const limit = Math.min(numberAt(call.params, 'qMaxNbrCells') || most, most)
  return yield* toStackPages(stack, pages, statesOf(openDocOf(call.session)), limit)
}
