import type { Field } from '../data/table.ts'
import type { JsonObject } from '../json.ts'
import type { ElementState } from './cells.ts'

/** How the selections look at a field. */
export interface FieldStates {
  stateOf(field: Field, element: number): ElementState
  stateCounts(field: Field): JsonObject
}
