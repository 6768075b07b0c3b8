import type { Field, Table } from '../data/table.ts'
import { associate } from './associate.ts'
import { noSelection, type SelectionState } from './selection-state.ts'

/**
 * Selects elements of a field: in the place of what was selected there, or, toggling, each one in
 * when it was out and out when it was in. Elements that the field has not are ignored.
 */
export function selectElements(
  table: Table,
  state: SelectionState,
  field: Field,
  elements: Iterable<number>,
  isToggle: boolean,
): SelectionState {
  const valid = [...elements].filter((element) => field.values[element] !== undefined)
  const selected = new Set(isToggle ? state.get(field.name) : [])
  for (const element of valid) {
    if (isToggle && selected.has(element)) selected.delete(element)
    else selected.add(element)
  }
  const next = new Map(state)
  next.delete(field.name)
  if (selected.size > 0) next.set(field.name, selected)
  return withoutConflicts(table, next)
}

/** Takes the selections of some fields away; without names, of all. */
export function clearFields(state: SelectionState, names?: readonly string[]): SelectionState {
  if (names === undefined) return noSelection
  const next = new Map(state)
  for (const name of names) next.delete(name)
  return next
}

/**
 * A selection that leaves no row wins over the older ones: those that conflict with it are dropped,
 * as when a person clicks a grey value.
 */
function withoutConflicts(table: Table, state: SelectionState): SelectionState {
  if (state.size < 2 || associate(table, state).rows.length > 0) return state
  const [last, ...older] = [...state].reverse()
  let kept: SelectionState = new Map(last === undefined ? [] : [last])
  for (const entry of older) {
    const candidate = new Map([entry, ...kept])
    if (associate(table, candidate).rows.length > 0) kept = candidate
  }
  return kept
}

export function isSameState(left: SelectionState, right: SelectionState): boolean {
  if (left.size !== right.size) return false
  return [...left].every(([name, elements]) => {
    const others = right.get(name)
    return others?.size === elements.size && [...elements].every((each) => others.has(each))
  })
}
