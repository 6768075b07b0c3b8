import { engineError, errorCodes } from '../engine-error.ts'
import { isSameState } from './select-elements.ts'
import { noSelection, type SelectionState } from './selection-state.ts'

/** While a person selects in one object, nothing is settled until they confirm or cancel. */
interface ModalSelection {
  readonly objectId: string
  readonly paths: readonly string[]
  /** What was selected when it began. */
  readonly before: SelectionState
  hasMadeSelections: boolean
}

/** The selections of a session, with the way back and forward. */
export interface SelectionHistory {
  state: SelectionState
  readonly back: SelectionState[]
  readonly forward: SelectionState[]
  modal: ModalSelection | undefined
}

/** The engine keeps this many steps [belief: its documented undo depth for selections is 100]. */
const stepLimit = 100

export function createHistory(): SelectionHistory {
  return { state: noSelection, back: [], forward: [], modal: undefined }
}

/** Puts another selection in place; inside a modal selection that is not a separate step. */
export function changeSelection(history: SelectionHistory, next: SelectionState): boolean {
  if (isSameState(history.state, next)) return false
  if (history.modal === undefined) rememberStep(history, history.state)
  else history.modal.hasMadeSelections = true
  history.state = next
  return true
}

/**
 * Begins to select in one object.
 *
 * @throws an engine error 6003 while another object is being selected in
 */
export function beginModal(
  history: SelectionHistory,
  objectId: string,
  paths: readonly string[],
): void {
  refuseWhileModal(history, objectId)
  history.modal ??= { objectId, paths, before: history.state, hasMadeSelections: false }
}

/** Ends the modal selection: keeps what was selected as one step, or takes all of it back. */
export function endModal(history: SelectionHistory, isAccepted: boolean): boolean {
  const { modal } = history
  if (modal === undefined) return false
  history.modal = undefined
  if (!isAccepted) history.state = modal.before
  else if (!isSameState(history.state, modal.before)) rememberStep(history, modal.before)
  return true
}

/** Refuses what would change selections while another object is in a modal selection. */
export function refuseWhileModal(history: SelectionHistory, objectId?: string): void {
  if (history.modal === undefined || history.modal.objectId === objectId) return
  throw engineError(
    errorCodes.modalObject,
    `the object ${history.modal.objectId} is in a modal selection`,
  )
}

/** One step back or forward; false at the end of the way. */
export function step(history: SelectionHistory, direction: 'back' | 'forward'): boolean {
  const from = direction === 'back' ? history.back : history.forward
  const to = direction === 'back' ? history.forward : history.back
  const next = from.pop()
  if (next === undefined) return false
  to.push(history.state)
  history.state = next
  return true
}

function rememberStep(history: SelectionHistory, state: SelectionState): void {
  history.back.push(state)
  if (history.back.length > stepLimit) history.back.shift()
  history.forward.length = 0
}
