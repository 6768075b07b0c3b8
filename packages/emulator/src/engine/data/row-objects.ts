import { dataError } from './data-error.ts'
import { findJsonFault } from './json-fault.ts'
import { type CellInput, createTableBuilder, type Table } from './table.ts'

/**
 * Makes a table of a JSON array of row objects. The fields are all keys of all rows; a key that a
 * row lacks is null there.
 *
 * @param text the file's text
 * @param file the name to tell in errors
 * @param name the table's name
 */
export function parseRowObjects(text: string, file: string, name: string): Table {
  const rows = parseArray(text, file)
  const records = rows.map((row, index) => {
    if (typeof row === 'object' && row !== null && !Array.isArray(row)) {
      return new Map<string, unknown>(Object.entries(row))
    }
    const problem = `row ${index + 1} is not an object`
    throw dataError({ file, problem, hint: 'Write each row as {"field": value, …}.' })
  })
  const names = new Set<string>()
  for (const record of records) for (const key of record.keys()) names.add(key)
  const fields = [...names]
  const builder = createTableBuilder(name, fields)
  for (const [index, record] of records.entries()) {
    builder.addRow(fields.map((field) => toCell(record.get(field), field, index, file)))
  }
  return builder.finish()
}

function parseArray(text: string, file: string): readonly unknown[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (cause) {
    const line = text.slice(0, findJsonFault(text)).split('\n').length
    const problem = 'it is not JSON from here on'
    throw dataError({ file, line, problem, hint: 'Mend it at that place.' }, { cause })
  }
  if (Array.isArray(parsed)) return parsed
  const problem = 'it is JSON, but no array'
  throw dataError({ file, problem, hint: 'Write an array of row objects: [{"field": value}, …].' })
}

function toCell(value: unknown, field: string, index: number, file: string): CellInput {
  if (value === undefined || value === null) return null
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value
  }
  const problem = `row ${index + 1} has an object or array in "${field}"`
  throw dataError({ file, problem, hint: 'A cell holds a text, a number, true, false or null.' })
}
