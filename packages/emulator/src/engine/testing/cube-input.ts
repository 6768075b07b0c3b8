import { computeCube as computeInSteps } from '../cube/compute.ts'
import type { Cube, CubeContext } from '../cube/cube.ts'
import type { FieldStates } from '../cube/field-states.ts'
import { toDataPage, toHyperCube as toHyperCubeInSteps } from '../cube/hypercube.ts'
import { type Stack, toStack as toStackInSteps } from '../cube/stack.ts'
import { type CellInput, createTableBuilder, type Table } from '../data/table.ts'
import type { JsonObject } from '../json.ts'
import { finish } from '../slices.ts'

/** A table of a few rows. */
export function makeTable(
  fields: readonly string[],
  rows: readonly (readonly CellInput[])[],
): Table {
  const builder = createTableBuilder('test', fields)
  for (const row of rows) builder.addRow(row)
  return builder.finish()
}

/** Nothing is selected. */
export const noSelections: FieldStates = { stateOf: () => 'O', stateCounts: () => ({}) }

export function makeContext(table: Table): CubeContext {
  return {
    table,
    rows: Int32Array.from({ length: table.rowCount }, (_, row) => row),
    compareText: new Intl.Collator('en').compare,
    expand: (text) => text,
  }
}

/** A dimension by its field, sorted as nebula.js asks; other keys are laid over it. */
export function dimension(field: string, criteria: JsonObject = {}, rest: JsonObject = {}) {
  return { qDef: { qFieldDefs: [field], qSortCriterias: [criteria] }, ...rest }
}

export function measure(expression: string, sortBy: JsonObject = {}): JsonObject {
  return { qDef: { qDef: expression }, qSortBy: sortBy }
}

/** The texts of all cells of a cube. */
function textsOf(cube: Cube): string[][] {
  const width = cube.dimensions.length + cube.measures.length
  const page = { left: 0, top: 0, width, height: cube.order.length }
  const { qMatrix } = toDataPage(cube, page, noSelections) as {
    qMatrix: { qText: string }[][]
  }
  return qMatrix.map((row) => row.map((cell) => cell.qText))
}

/** Computes a cube and gives the texts of its cells. */
export function cubeTexts(table: Table, definition: JsonObject): string[][] {
  return textsOf(computeCube(definition, makeContext(table)))
}

/** Computes a cube at a stretch. */
export function computeCube(definition: JsonObject, context: CubeContext): Cube {
  return finish(computeInSteps(definition, context))
}

/** Makes the tree of a cube at a stretch. */
export function toStack(cube: Cube): Stack {
  return finish(toStackInSteps(cube))
}

/** Writes a cube's part of a layout at a stretch. */
export function toHyperCube(cube: Cube, states: FieldStates): JsonObject {
  return finish(toHyperCubeInSteps(cube, states))
}
