import type { Field } from '../data/table.ts'
import { engineError, errorCodes } from '../engine-error.ts'
import { isJsonObject, type Json } from '../json.ts'
import { type Doc, effectiveProperties } from '../model/doc.ts'
import { type EngineSession, handleOfObject, openDocOf } from '../model/session.ts'
import { changeSelection, refuseWhileModal } from '../selection/history.ts'
import { selectElements } from '../selection/select-elements.ts'
import type { SelectionState } from '../selection/selection-state.ts'
import type { Call } from './method.ts'

/** What a layout depends on the data by. */
const dataKeys =
  /"q(HyperCubeDef|ListObjectDef|SelectionObjectDef|StringExpression|ValueExpression)"/

/** Lists every object whose layout depends on selections or variables. */
function dataHandles(session: EngineSession): number[] {
  const doc = openDocOf(session)
  return [...doc.objects.values()]
    .filter((object) => isOpen(session, object.id))
    .filter((object) => dataKeys.test(JSON.stringify(effectiveProperties(object))))
    .map((object) => handleOfObject(session, object.id))
}

/** Stored objects that no client has opened have no handle, and need none. */
function isOpen(session: EngineSession, id: string): boolean {
  return [...session.handles.values()].some(
    (target) => target.kind === 'GenericObject' && target.id === id,
  )
}

/** Tells every socket that results are others now. */
export function resultsChanged(call: Call): void {
  openDocOf(call.session).version += 1
  call.changed(...dataHandles(call.session))
}

/**
 * Puts a selection in place for the object that a request is for, or for the app.
 *
 * @throws an engine error 6003 while another object is in a modal selection
 */
export function applySelection(
  call: Call,
  next: (doc: Doc) => SelectionState,
  objectId?: string,
): boolean {
  const doc = openDocOf(call.session)
  refuseWhileModal(doc.selection, objectId)
  if (changeSelection(doc.selection, next(doc))) resultsChanged(call)
  return true
}

/** Selects elements; false when none of them is a value of the field. */
export function selectIn(
  call: Call,
  field: Field,
  elements: readonly number[],
  isToggle: boolean,
  objectId?: string,
): boolean {
  const isAny = elements.length === 0 || elements.some((each) => field.values[each] !== undefined)
  if (!isAny) return false
  return applySelection(
    call,
    (doc) => selectElements(doc.table, doc.selection.state, field, elements, isToggle),
    objectId,
  )
}

/** Reads a list of whole numbers. */
export function integers(entries: readonly Json[], parameter: string): number[] {
  return entries.map((entry) => {
    if (typeof entry === 'number' && Number.isInteger(entry)) return entry
    const shown = isJsonObject(entry) ? 'an object' : JSON.stringify(entry)
    throw engineError(
      errorCodes.invalidParameters,
      `${parameter} holds ${shown}, which is not a whole number`,
      parameter,
    )
  })
}
