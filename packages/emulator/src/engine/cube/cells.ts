import type { Field } from '../data/table.ts'
import { toNumber, toText, type Value } from '../expression/value.ts'
import { type JsonObject, jsonNumber } from '../json.ts'
import { formatNumber } from './number-format.ts'

/**
 * The state of a value under the selections: Selected, Optional, Alternative, eXcluded, or selected
 * and excluded by another field.
 */
export type ElementState = 'S' | 'O' | 'A' | 'X' | 'XS'

/** A null stands in a chart as '-' and can be no selection: -2 is the engine's number for it. */
const nullElement = -2

/** What stands in the place of an element in the row that takes in all the rest. */
export const othersElement = -3

/** The cell of a dimension's value. */
export function dimensionCell(
  field: Field | undefined,
  element: number,
  state: ElementState,
  othersLabel = 'Others',
): JsonObject {
  if (element === othersElement) {
    return {
      qText: othersLabel,
      qNum: 'NaN',
      qElemNumber: othersElement,
      qState: 'L',
      qIsOtherCell: true,
    }
  }
  const value = field?.values[element]
  if (value === undefined) {
    return { qText: '-', qNum: 'NaN', qElemNumber: nullElement, qState: 'L', qIsNull: true }
  }
  const isNumber = !Number.isNaN(value.number)
  return {
    qText: value.text,
    qNum: jsonNumber(value.number),
    qElemNumber: element,
    qState: state,
    ...(isNumber ? { qIsNumeric: true } : {}),
  }
}

/** The cell of a measure's value. */
export function measureCell(value: Value, format: JsonObject): JsonObject {
  return { ...contentOf(value, format), qElemNumber: 0, qState: 'L' }
}

/** The cell of a measure's total. */
export function totalCell(value: Value, format: JsonObject): JsonObject {
  return { ...contentOf(value, format), qElemNumber: -1, qState: 'X', qIsTotalCell: true }
}

function contentOf(value: Value, format: JsonObject): JsonObject {
  const text = toText(value)
  if (text === null) return { qText: '-', qNum: 'NaN', qIsNull: true }
  // A field's text is not read as a number here: "300" is the title of a film.
  const number = typeof value === 'string' ? Number.NaN : toNumber(value)
  if (Number.isNaN(number)) return { qText: text, qNum: 'NaN' }
  return {
    qText: typeof value === 'number' ? formatNumber(number, format) : text,
    qNum: number,
    qIsNumeric: true,
  }
}
