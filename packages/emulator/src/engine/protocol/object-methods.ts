import { toDataPage } from '../cube/hypercube.ts'
import { readPages } from '../cube/page.ts'
import { engineError, errorCodes } from '../engine-error.ts'
import { arrayAt, isTrueAt, type JsonObject, objectAt, textAt } from '../json.ts'
import {
  cubeAt,
  effectiveProperties,
  type GenericObject,
  layoutOf,
  patchProperties,
  setProperties,
} from '../model/doc.ts'
import { readPatches } from '../model/patch.ts'
import { handleOfObject, openDocOf } from '../model/session.ts'
import type { Call, MethodTable } from './method.ts'

export const objectMethods: MethodTable = {
  'GenericObject.GetLayout': (call) => ({
    qLayout: layoutOf(openDocOf(call.session), objectOf(call)),
  }),
  'GenericObject.GetProperties': (call) => ({ qProp: objectOf(call).properties }),
  'GenericObject.GetEffectiveProperties': (call) => ({
    qProp: effectiveProperties(objectOf(call)),
  }),
  'GenericObject.GetFullPropertyTree': (call) => ({
    qPropEntry: { qProperty: objectOf(call).properties, qChildren: [] },
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
    const patches = readPatches(arrayAt(call.params, 'qPatches'))
    patchProperties(object, patches, isTrueAt(call.params, 'qSoftPatch'))
    call.changed(handleOfObject(call.session, object.id))
    return {}
  },
  'GenericObject.ClearSoftPatches': (call) => {
    const object = objectOf(call)
    object.softPatches = []
    setProperties(object, object.properties)
    call.changed(handleOfObject(call.session, object.id))
    return {}
  },
  'GenericObject.GetHyperCubeData': (call) => ({ qDataPages: dataPages(call) }),
  // Charts ask with mode D1 for as many points as they can draw. How Qlik thins out more than that
  // is not documented, so the page is answered as it stands.
  'GenericObject.GetHyperCubeReducedData': (call) => ({ qDataPages: dataPages(call) }),
}

/** The object that a request is for. */
export function objectOf({ session, target }: Call): GenericObject {
  const object =
    target.kind === 'GenericObject' ? openDocOf(session).objects.get(target.id) : undefined
  if (object === undefined) throw engineError(errorCodes.notFound, 'there is no such object')
  return object
}

function dataPages(call: Call): JsonObject[] {
  const doc = openDocOf(call.session)
  const cube = cubeAt(doc, objectOf(call), textAt(call.params, 'qPath'))
  return readPages(arrayAt(call.params, 'qPages')).map((page) => toDataPage(cube, page, doc.states))
}
