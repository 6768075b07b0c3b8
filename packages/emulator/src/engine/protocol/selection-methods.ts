import type { Cube } from '../cube/cube.ts'
import { type ListObject, matcher } from '../cube/list-object.ts'
import type { Field } from '../data/table.ts'
import { engineError, errorCodes } from '../engine-error.ts'
import { toNumber } from '../expression/value.ts'
import {
  arrayAt,
  isTrueAt,
  type JsonObject,
  numberAt,
  objectAt,
  objectsAt,
  textAt,
} from '../json.ts'
import { statesOf } from '../model/calculate.ts'
import { type GenericObject, nothingComputed } from '../model/doc.ts'
import { cubeAt, listAt } from '../model/object-layout.ts'
import { handleOfObject, openDocOf } from '../model/session.ts'
import { beginModal, endModal } from '../selection/history.ts'
import { clearFields, selectElements } from '../selection/select-elements.ts'
import type { SelectionState } from '../selection/selection-state.ts'
import type { Steps } from '../slices.ts'
import type { Call, MethodTable } from './method.ts'
import { objectOf } from './object-methods.ts'
import { applySelection, integers, resultsChanged, selectIn } from './select.ts'

/** Selecting in charts and lists. */
export const selectionMethods: MethodTable = {
  'GenericObject.BeginSelections': (call) => {
    const object = objectOf(call)
    const paths = arrayAt(call.params, 'qPaths').map(String)
    const doc = openDocOf(call.session)
    beginModal(doc.selection, object.id, paths)
    object.computed = nothingComputed(-1)
    call.changed(handleOfObject(call.session, object.id))
    return {}
  },
  'GenericObject.EndSelections': (call) => {
    const { selection } = openDocOf(call.session)
    if (selection.modal?.objectId === objectOf(call).id) {
      endModal(selection, isTrueAt(call.params, 'qAccept'))
      resultsChanged(call)
    }
    return {}
  },
  'GenericObject.ResetMadeSelections': (call) => {
    const { modal } = openDocOf(call.session).selection
    const object = objectOf(call)
    if (modal?.objectId !== object.id) return {}
    applySelection(call, () => modal.before, object.id)
    modal.hasMadeSelections = false
    return {}
  },
  *'GenericObject.SelectHyperCubeValues'(call) {
    const object = objectOf(call)
    const column = numberAt(call.params, 'qDimNo')
    const field = yield* dimensionField(call, object, column, 'qDimNo')
    const elements = integers(arrayAt(call.params, 'qValues'), 'qValues')
    const isToggle = isTrueAt(call.params, 'qToggleMode')
    return { qSuccess: selectIn(call, field, elements, isToggle, object.id) }
  },
  *'GenericObject.SelectHyperCubeCells'(call) {
    const object = objectOf(call)
    const cube = yield* cubeAt(openDocOf(call.session), object, textAt(call.params, 'qPath'))
    const groups = integers(arrayAt(call.params, 'qRowIndices'), 'qRowIndices').flatMap(
      (row) => cube.order[row] ?? [],
    )
    const columns = integers(arrayAt(call.params, 'qColIndices'), 'qColIndices')
    const asked = columns.length === 0 ? [...cube.dimensions.keys()] : columns
    const choices = choicesOf(cube, asked, groups, 'qColIndices')
    return { qSuccess: selectAll(call, choices, object.id) }
  },
  *'GenericObject.RangeSelectHyperCubeValues'(call) {
    const object = objectOf(call)
    const cube = yield* cubeAt(openDocOf(call.session), object, textAt(call.params, 'qPath'))
    const ranges = objectsAt(call.params, 'qRanges')
    const isOr = isTrueAt(call.params, 'qOrMode')
    const inRange = (range: JsonObject, group: number): boolean => {
      const value = cube.measures[numberAt(range, 'qMeasureIx')]?.values[group] ?? null
      return value !== null && isWithin(toNumber(value), objectAt(range, 'qRange'))
    }
    const groups = [...cube.order].filter((group) =>
      isOr
        ? ranges.some((range) => inRange(range, group))
        : ranges.every((range) => inRange(range, group)),
    )
    const columns = integers(arrayAt(call.params, 'qColumnsToSelect'), 'qColumnsToSelect')
    const asked = columns.length === 0 ? [...cube.dimensions.keys()] : columns
    const choices = choicesOf(cube, asked, groups, 'qColumnsToSelect')
    return { qSuccess: selectAll(call, choices, object.id) }
  },
  *'GenericObject.ClearSelections'(call) {
    const object = objectOf(call)
    const path = textAt(call.params, 'qPath')
    const columns = integers(arrayAt(call.params, 'qColIndices'), 'qColIndices')
    const fields = yield* fieldsAt(call, object, path)
    const names = fields
      .filter((_, column) => columns.length === 0 || columns.includes(column))
      .map((field) => field.name)
    applySelection(call, (doc) => clearFields(doc.selection.state, names), object.id)
    return {}
  },
  *'GenericObject.SelectListObjectValues'(call) {
    const elements = integers(arrayAt(call.params, 'qValues'), 'qValues')
    const { object, field } = yield* listField(call)
    const isToggle = isTrueAt(call.params, 'qToggleMode')
    return { qSuccess: selectIn(call, field, elements, isToggle, object.id) }
  },
  'GenericObject.SelectListObjectAll': (call) => selectListStates(call, ['S', 'O', 'A', 'X', 'XS']),
  'GenericObject.SelectListObjectPossible': (call) => selectListStates(call, ['S', 'O']),
  'GenericObject.SelectListObjectAlternative': (call) => selectListStates(call, ['A']),
  'GenericObject.SelectListObjectExcluded': (call) => selectListStates(call, ['A', 'X', 'XS']),
  *'GenericObject.SearchListObjectFor'(call) {
    const { object, field } = yield* listField(call)
    const search = textAt(call.params, 'qMatch')
    setSearch(call, object, search)
    return { qSuccess: field.values.some(({ text }) => matcher(search)(text)) }
  },
  'GenericObject.AbortListObjectSearch': (call) => {
    setSearch(call, objectOf(call), undefined)
    return {}
  },
  *'GenericObject.AcceptListObjectSearch'(call) {
    const { object, field, list } = yield* listField(call)
    const isToggle = isTrueAt(call.params, 'qToggleMode')
    const elements = list.elements
    setSearch(call, object, undefined)
    selectIn(call, field, elements, isToggle, object.id)
    return {}
  },
}

interface Choice {
  readonly field: Field
  readonly elements: readonly number[]
}

/** Selects in several fields as one step; false when nothing of it is a value. */
function selectAll(call: Call, choices: readonly Choice[], objectId: string): boolean {
  const isAny = choices.some(({ elements }) => elements.some((element) => element >= 0))
  if (!isAny) return false
  return applySelection(
    call,
    (doc) =>
      choices.reduce<SelectionState>(
        (state, { field, elements }) => selectElements(doc.table, state, field, elements, false),
        doc.selection.state,
      ),
    objectId,
  )
}

function isWithin(number: number, range: JsonObject): boolean {
  const least = range.qMin === 'NaN' ? Number.NEGATIVE_INFINITY : numberAt(range, 'qMin')
  const most = range.qMax === 'NaN' ? Number.POSITIVE_INFINITY : numberAt(range, 'qMax')
  const isAbove = isTrueAt(range, 'qMinInclEq') ? number >= least : number > least
  return isAbove && (isTrueAt(range, 'qMaxInclEq') ? number <= most : number < most)
}

function* dimensionField(
  call: Call,
  object: GenericObject,
  column: number,
  parameter: string,
): Steps<Field> {
  const path = textAt(call.params, 'qPath')
  return fieldOfColumn(yield* cubeAt(openDocOf(call.session), object, path), column, parameter)
}

function fieldOfColumn(cube: Cube, column: number, parameter: string): Field {
  const field = cube.dimensions[column]?.field
  if (field !== undefined) return field
  const message = `column ${column} is not a dimension that can be selected in`
  throw engineError(errorCodes.invalidParameters, message, parameter)
}

/** The values of some columns in some rows. */
function choicesOf(
  cube: Cube,
  columns: readonly number[],
  groups: readonly number[],
  parameter: string,
): Choice[] {
  return columns.map((column) => ({
    field: fieldOfColumn(cube, column, parameter),
    elements: groups.map((group) => cube.elements[column]?.[group] ?? -1),
  }))
}

function* fieldsAt(call: Call, object: GenericObject, path: string): Steps<Field[]> {
  const doc = openDocOf(call.session)
  const dimensions = path.endsWith('qListObjectDef')
    ? [(yield* listAt(doc, object, path)).dimension]
    : (yield* cubeAt(doc, object, path)).dimensions
  return dimensions.flatMap(({ field }) => field ?? [])
}

function* listField(call: Call): Steps<ListChoice> {
  const object = objectOf(call)
  const list = yield* listAt(openDocOf(call.session), object, textAt(call.params, 'qPath'))
  const { field } = list.dimension
  if (field !== undefined) return { object, list, field }
  throw engineError(errorCodes.invalidObjectState, 'the list has no field', 'qPath')
}

interface ListChoice {
  readonly object: GenericObject
  readonly list: ListObject
  readonly field: Field
}

function* selectListStates(call: Call, states: readonly string[]): Steps<JsonObject> {
  const { object, list, field } = yield* listField(call)
  const { stateOf } = statesOf(openDocOf(call.session))
  const elements = list.elements.filter((element) => states.includes(stateOf(field, element)))
  if (elements.length === 0) return { qSuccess: false }
  return { qSuccess: selectIn(call, field, elements, false, object.id) }
}

function setSearch(call: Call, object: GenericObject, search: string | undefined): void {
  const path = textAt(call.params, 'qPath')
  if (search === object.searches.get(path)) return
  if (search === undefined) object.searches.delete(path)
  else object.searches.set(path, search)
  object.computed = nothingComputed(-1)
  call.changed(handleOfObject(call.session, object.id))
}
