import type { ElementState } from '../cube/cells.ts'
import type { Field, Table } from '../data/table.ts'
import type { JsonObject } from '../json.ts'
import type { SelectionState } from './selection-state.ts'

/** What a selection means for the rows and for every value. */
export interface Association {
  /** The rows that every selection lets through, in load order. */
  readonly rows: Int32Array
  stateOf(field: Field, element: number): ElementState
  stateCounts(field: Field): JsonObject
}

/** Not excluded by any field, or by several; else the index of the one field that excludes the row. */
const byNone = -1
const bySeveral = -2

/**
 * Works out the associations of one table: a row counts when each selected field has a selected
 * value there; a value is possible when a row that counts holds it, and, in a field that has
 * selections itself, alternative when only the field's own selection keeps it out.
 */
export function associate(table: Table, state: SelectionState): Association {
  const selected = [...state].flatMap(([name, elements]) => {
    const field = table.field(name)
    return field === undefined ? [] : [{ field, elements, mask: toMask(field, elements) }]
  })
  const excludedBy = new Int16Array(table.rowCount).fill(byNone)
  for (const [index, { field, mask }] of selected.entries()) {
    for (let row = 0; row < table.rowCount; row += 1) {
      if (mask[field.elements[row] ?? -1] === 1) continue
      excludedBy[row] = excludedBy[row] === byNone ? index : bySeveral
    }
  }
  const rows = selected.length === 0 ? allRows(table) : rowsWhere(excludedBy)
  const possibleByField = new Map<Field, Uint8Array>()

  const possible = (field: Field): Uint8Array => {
    const known = possibleByField.get(field)
    if (known !== undefined) return known
    const own = selected.findIndex((entry) => entry.field === field)
    const flags = new Uint8Array(field.values.length)
    for (let row = 0; row < table.rowCount; row += 1) {
      const by = excludedBy[row]
      if (by !== byNone && (own < 0 || by !== own)) continue
      const element = field.elements[row] ?? -1
      if (element >= 0) flags[element] = 1
    }
    possibleByField.set(field, flags)
    return flags
  }

  const stateOf = (field: Field, element: number): ElementState => {
    const own = state.get(field.name)
    const isPossible = possible(field)[element] === 1
    if (own === undefined) return isPossible ? 'O' : 'X'
    if (own.has(element)) return isPossible ? 'S' : 'XS'
    return isPossible ? 'A' : 'X'
  }

  return {
    rows,
    stateOf,
    stateCounts: (field) => {
      const counts = { S: 0, O: 0, A: 0, X: 0, XS: 0 }
      for (const element of field.values.keys()) counts[stateOf(field, element)] += 1
      return {
        qLocked: 0,
        qSelected: counts.S,
        qOption: counts.O,
        qDeselected: 0,
        qAlternative: counts.A,
        qExcluded: counts.X,
        qSelectedExcluded: counts.XS,
        qLockedExcluded: 0,
      }
    },
  }
}

function toMask(field: Field, elements: ReadonlySet<number>): Uint8Array {
  const mask = new Uint8Array(field.values.length)
  for (const element of elements) mask[element] = 1
  return mask
}

function allRows(table: Table): Int32Array {
  return Int32Array.from({ length: table.rowCount }, (_, row) => row)
}

function rowsWhere(excludedBy: Int16Array): Int32Array {
  const rows = new Int32Array(excludedBy.length)
  let count = 0
  for (let row = 0; row < excludedBy.length; row += 1) {
    if (excludedBy[row] !== byNone) continue
    rows[count] = row
    count += 1
  }
  return rows.slice(0, count)
}
