import type { FieldValue } from '../data/field-value.ts'
import type { Table } from '../data/table.ts'
import { type JsonObject, objectAt } from '../json.ts'
import type { SelectionHistory } from '../selection/history.ts'
import type { SelectionState } from '../selection/selection-state.ts'

/**
 * What was selected, by values: element numbers mean other values once section access shows the user
 * other rows.
 */
export interface Bookmark {
  readonly id: string
  properties: JsonObject
  readonly fields: readonly { readonly name: string; readonly values: readonly FieldValue[] }[]
}

/** Where a bookmark is taken and applied: a doc's rows and what is selected among them. */
interface Selected {
  readonly table: Table
  readonly selection: SelectionHistory
}

/** Keeps what is selected now. */
export function takeBookmark(doc: Selected, id: string, properties: JsonObject): Bookmark {
  const info = { ...objectAt(properties, 'qInfo'), qId: id, qType: 'bookmark' }
  const fields = [...doc.selection.state].map(([name, elements]) => ({
    name,
    values: [...elements].flatMap((element) => doc.table.field(name)?.values[element] ?? []),
  }))
  return { id, properties: { ...properties, qInfo: info }, fields }
}

/** The selection of a bookmark in this doc; values that it does not hold are left out. */
export function bookmarkState(doc: Selected, bookmark: Bookmark): SelectionState {
  const state = new Map<string, ReadonlySet<number>>()
  for (const { name, values } of bookmark.fields) {
    const field = doc.table.field(name)
    const elements = values.flatMap((value) => {
      const element = field?.values.findIndex((each) => isSameValue(each, value)) ?? -1
      return element < 0 ? [] : [element]
    })
    if (elements.length > 0) state.set(name, new Set(elements))
  }
  return state
}

export function bookmarkLayout(bookmark: Bookmark): JsonObject {
  const { qMetaDef, ...rest } = bookmark.properties
  return {
    ...rest,
    qMeta: {
      ...objectAt(bookmark.properties, 'qMetaDef'),
      privileges: ['read', 'update', 'delete'],
    },
    qFieldInfos: bookmark.fields.map(({ name, values }) => ({
      qFieldName: name,
      qValues: values.map((value) => value.text),
      qExcludedValuesMode: false,
    })),
  }
}

/** Values are one when their numbers are, or, where they have none, their texts. */
export function isSameValue(left: FieldValue, right: FieldValue): boolean {
  if (Number.isNaN(left.number) !== Number.isNaN(right.number)) return false
  return Number.isNaN(left.number) ? left.text === right.text : left.number === right.number
}
