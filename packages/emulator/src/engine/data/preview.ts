import type { Table } from './table.ts'

/** What of a table can be shown to look at: its fields and its first rows. */
export interface TablePreview {
  readonly table: string
  readonly rowCount: number
  readonly fields: readonly {
    readonly name: string
    /** How many different values it has. */
    readonly distinct: number
    readonly tags: readonly string[]
  }[]
  /** The texts of the first rows, in the order of the fields; null is a missing value. */
  readonly rows: readonly (readonly (string | null)[])[]
}

/** Takes the first rows of a table, as the engine shows their values. */
export function previewTable(table: Table, rowLimit: number): TablePreview {
  const { name, rowCount, fields } = table
  const shown = Math.min(Math.max(0, Math.trunc(rowLimit)), rowCount)
  return {
    table: name,
    rowCount,
    fields: fields.map((field) => ({
      name: field.name,
      distinct: field.values.length,
      tags: field.tags,
    })),
    rows: Array.from({ length: shown }, (_, row) =>
      fields.map((field) => field.values[field.elements[row] ?? -1]?.text ?? null),
    ),
  }
}
