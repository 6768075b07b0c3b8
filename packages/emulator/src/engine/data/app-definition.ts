import type { JsonObject } from '../json.ts'
import { dataError } from './data-error.ts'
import { checkSectionAccess, type SectionAccess } from './section-access.ts'
import type { Table } from './table.ts'

/** An app that the engine can open: its data and who may see which rows of it. */
export interface AppDefinition {
  /** What stands in the address `/app/{id}`. */
  readonly id: string
  readonly name: string
  readonly table: Table
  /** Without it, everyone who is logged in sees every row. */
  readonly sectionAccess?: SectionAccess
  /** ISO 8601; what the app tells as its last reload. */
  readonly lastReloadTime: string
  /** Sheets and other objects of the app: full property trees, `{ qProperty, qChildren }`. */
  readonly objects?: readonly JsonObject[]
  readonly variables?: readonly { readonly name: string; readonly definition: string }[]
}

/** Puts an app together and refuses a section access that names no field of the table. */
export function toAppDefinition(app: {
  id: string
  name: string
  table: Table
  sectionAccess?: SectionAccess | undefined
  lastReloadTime: string
  objects?: readonly JsonObject[]
}): AppDefinition {
  const { sectionAccess, ...rest } = app
  if (sectionAccess === undefined) return rest
  const problem = checkSectionAccess(sectionAccess, app.table)
  if (problem !== undefined) {
    throw dataError({
      file: sectionAccess.file,
      line: 1,
      problem,
      hint: `The fields of ${app.name}: ${app.table.fields.map((field) => field.name).join(', ')}.`,
    })
  }
  return { ...rest, sectionAccess }
}
