import type { JsonObject } from '../json.ts'
import { type EngineSession, handleOfObject, openDocOf } from '../model/session.ts'

/** How the engine says that there is no such thing. */
export const nothing: JsonObject = { qType: null, qHandle: null }

/** The reference to an object, that clients make their own object of; null where there is none. */
export function referenceTo(session: EngineSession, id: string | undefined): JsonObject {
  const object = id === undefined ? undefined : openDocOf(session).objects.get(id)
  if (object === undefined) return nothing
  return {
    qType: 'GenericObject',
    qHandle: handleOfObject(session, object.id),
    qGenericType: object.type,
    qGenericId: object.id,
  }
}
