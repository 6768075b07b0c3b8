import { stat } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { type AppDefinition, toAppDefinition } from './app-definition.ts'
import { parseCsv } from './csv.ts'
import { dataError } from './data-error.ts'
import { parseNumber } from './field-value.ts'
import { parseRowObjects } from './row-objects.ts'
import { parseSectionAccess } from './section-access.ts'
import { createTableBuilder, type Table } from './table.ts'
import { readTextFile } from './text-file.ts'

/**
 * Reads an app from a data file: CSV with a line of field names, or JSON as an array of row objects.
 * Name and ID come from the file's base name. In CSV, what looks like a number is one; in JSON,
 * types are as given and null is missing. UTF-8 only.
 *
 * @param path a file that ends in `.csv` or `.json`
 * @param options.sectionAccessFile a CSV file that `parseSectionAccess` takes; none: no reduction
 * @throws an error with code `ERR_EMULATOR_DATA` that tells file, line and remedy
 * @example
 * const app = await readAppFile('sales.csv', { sectionAccessFile: 'sales.access.csv' })
 */
export async function readAppFile(
  path: string,
  options: { sectionAccessFile?: string } = {},
): Promise<AppDefinition> {
  const extension = extname(path).toLowerCase()
  const name = basename(path, extname(path))
  if (extension !== '.csv' && extension !== '.json') {
    const problem = `an app cannot be read from "${extension}"`
    throw dataError({ file: path, problem, hint: 'Give a file that ends in .csv or .json.' })
  }
  const text = await readTextFile(path)
  const table =
    extension === '.csv' ? csvTable(text, path, name) : parseRowObjects(text, path, name)
  if (table.rowCount === 0) {
    throw dataError({ file: path, problem: 'it has no rows', hint: 'Give it data.' })
  }
  const access = options.sectionAccessFile
  return toAppDefinition({
    id: toAppId(name, path),
    name,
    table,
    lastReloadTime: (await stat(path)).mtime.toISOString(),
    sectionAccess:
      access === undefined ? undefined : parseSectionAccess(await readTextFile(access), access),
  })
}

/** An ID must stand in a URL path without being encoded. */
function toAppId(name: string, file: string): string {
  const id = name
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^-+|-+$/g, '')
  if (id !== '') return id
  const problem = `no app ID can be made of the name "${name}"`
  throw dataError({ file, problem, hint: 'Give the file a name with letters a to z or digits.' })
}

function csvTable(text: string, file: string, name: string): Table {
  const [header, ...records] = parseCsv(text, file)
  if (header === undefined) {
    throw dataError({ file, problem: 'it is empty', hint: 'Begin with a line of field names.' })
  }
  const line = header.line
  const [only] = header.cells
  if (header.cells.length === 1 && only !== undefined && /[;\t|]/.test(only)) {
    const problem = 'its first line has no comma, but another separator'
    throw dataError({ file, line, problem, hint: 'Separate values by commas.' })
  }
  for (const [index, cell] of header.cells.entries()) {
    if (cell.trim() === '') {
      const problem = `field ${index + 1} has no name`
      throw dataError({ file, line, problem, hint: 'Name each field in the first line.' })
    }
    if (header.cells.indexOf(cell) !== index) {
      const problem = `the field "${cell}" stands twice`
      throw dataError({ file, line, problem, hint: 'Give each field its own name.' })
    }
  }
  const builder = createTableBuilder(name, header.cells)
  for (const record of records) {
    builder.addRow(
      record.cells.map((text) => {
        const number = parseNumber(text)
        return { text, number: number ?? Number.NaN }
      }),
    )
  }
  return builder.finish()
}
