import type { Budget, GroupedRows } from '../expression/evaluate.ts'
import type { Value } from '../expression/value.ts'
import type { JsonObject } from '../json.ts'
import type { Attribute } from './attributes.ts'
import type {
  ColumnError,
  DefinitionContext,
  DimensionDefinition,
  MeasureDefinition,
} from './definition.ts'

/** What a cube is computed from. */
export interface CubeContext extends DefinitionContext {
  /** The rows that the selections leave, in load order. */
  readonly rows: Int32Array
  /** What the call that asks may still compute. */
  readonly budget?: Budget | undefined
  /** Compares texts the way the app's locale orders them. */
  compareText(left: string, right: string): number
}

export interface CubeMeasure extends MeasureDefinition {
  /** By group; all null where the measure has an error. */
  readonly values: readonly Value[]
  readonly total: Value
}

/** A hypercube's figures, before any page of it is written. */
export interface Cube {
  readonly definition: JsonObject
  readonly dimensions: readonly DimensionDefinition[]
  readonly measures: readonly CubeMeasure[]
  /** For each dimension the element of each group; -1 is null. */
  readonly elements: readonly Int32Array[]
  /** The groups that are shown, in their order. */
  readonly order: Int32Array
  readonly sortOrder: readonly number[]
  /** By dimension, then by measure; see `computeAttributes` for what their values stand beside. */
  readonly attributes: readonly (readonly Attribute[])[]
  /** The rows behind the groups; none where the cube could not be computed. */
  readonly data: GroupedRows | undefined
  readonly error: ColumnError | undefined
}
