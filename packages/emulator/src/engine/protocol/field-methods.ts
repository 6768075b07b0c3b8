import { matcher } from '../cube/list-object.ts'
import type { Field } from '../data/table.ts'
import { engineError, errorCodes } from '../engine-error.ts'
import { arrayAt, isTrueAt, type JsonObject, numberAt, objectsAt, textAt } from '../json.ts'
import { isSameValue } from '../model/bookmark.ts'
import { statesOf } from '../model/calculate.ts'
import { openDocOf } from '../model/session.ts'
import { clearFields } from '../selection/select-elements.ts'
import type { Call, MethodTable } from './method.ts'
import { applySelection, integers, selectIn } from './select.ts'

/** Selecting in a field without any object. */
export const fieldMethods: MethodTable = {
  'Field.GetCardinal': (call) => ({ qReturn: fieldOf(call).values.length }),
  'Field.SelectValues': (call) => {
    const field = fieldOf(call)
    const elements = objectsAt(call.params, 'qFieldValues').map((value) => elementOf(field, value))
    return { qReturn: selectIn(call, field, elements, isTrueAt(call.params, 'qToggleMode')) }
  },
  'Field.LowLevelSelect': (call) => {
    const elements = integers(arrayAt(call.params, 'qValues'), 'qValues')
    const isToggle = isTrueAt(call.params, 'qToggleMode')
    return { qReturn: selectIn(call, fieldOf(call), elements, isToggle) }
  },
  'Field.Select': (call) => selectMatching(call, false),
  'Field.ToggleSelect': (call) => selectMatching(call, true),
  'Field.SelectAll': (call) => selectStates(call, ['S', 'O', 'A', 'X', 'XS']),
  'Field.SelectPossible': (call) => selectStates(call, ['S', 'O']),
  'Field.SelectAlternative': (call) => selectStates(call, ['A']),
  'Field.SelectExcluded': (call) => selectStates(call, ['A', 'X', 'XS']),
  'Field.Clear': (call) => {
    const { name } = fieldOf(call)
    return { qReturn: applySelection(call, (doc) => clearFields(doc.selection.state, [name])) }
  },
  'Field.ClearAllButThis': (call) => {
    const { name } = fieldOf(call)
    return {
      qReturn: applySelection(call, (doc) =>
        clearFields(
          doc.selection.state,
          [...doc.selection.state.keys()].filter((each) => each !== name),
        ),
      ),
    }
  },
}

function fieldOf({ session, target }: Call): Field {
  const field = openDocOf(session).table.field(target.id)
  if (field === undefined) throw engineError(errorCodes.notFound, 'there is no such field')
  return field
}

/** A value is asked for by its number when it says that it is one, else by its text. */
function elementOf(field: Field, value: JsonObject): number {
  if (isTrueAt(value, 'qIsNumeric')) {
    const wanted = { text: '', number: numberAt(value, 'qNumber') }
    return field.values.findIndex((each) => isSameValue(each, wanted))
  }
  const text = textAt(value, 'qText')
  return field.values.findIndex((each) => each.text === text)
}

/** Without wildcards the whole text must be equal, as in the engine; with them it must match. */
function selectMatching(call: Call, isToggle: boolean): JsonObject {
  const field = fieldOf(call)
  const wanted = textAt(call.params, 'qMatch')
  const matches = /[*?]/.test(wanted)
    ? matcher(wanted)
    : (text: string) => text.toLowerCase() === wanted.toLowerCase()
  const elements = [...field.values.keys()].filter((each) =>
    matches(field.values[each]?.text ?? ''),
  )
  if (elements.length === 0) return { qReturn: false }
  return { qReturn: selectIn(call, field, elements, isToggle) }
}

function selectStates(call: Call, states: readonly string[]): JsonObject {
  const field = fieldOf(call)
  const { stateOf } = statesOf(openDocOf(call.session))
  const elements = [...field.values.keys()].filter((each) => states.includes(stateOf(field, each)))
  if (elements.length === 0) return { qReturn: false }
  return { qReturn: selectIn(call, field, elements, false) }
}
