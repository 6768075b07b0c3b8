import { type FieldValue, numberText } from './field-value.ts'

/** What a cell may be loaded from; null is a missing value. */
export type CellInput = string | number | boolean | null | FieldValue

/**
 * One column: each row holds the element number of its value, so that grouping and selecting work
 * on integers and a text is stored once.
 */
export interface Field {
  readonly name: string
  /** The distinct values by element number, in load order. */
  readonly values: readonly FieldValue[]
  /** The numbers of `values`; NaN for text. */
  readonly numbers: Float64Array
  /** The element number of each row; -1 is null. */
  readonly elements: Int32Array
  /** How many rows hold each element. */
  readonly frequencies: Int32Array
  readonly tags: readonly string[]
}

/** The one table of an app. */
export interface Table {
  readonly name: string
  readonly rowCount: number
  readonly fields: readonly Field[]
  field(name: string): Field | undefined
}

/** Takes rows in load order and makes a table of them. */
export interface TableBuilder {
  /** One cell a field, in the order of the field names. */
  addRow(cells: readonly CellInput[]): void
  finish(): Table
}

interface ColumnBuilder {
  readonly elements: number[]
  readonly values: FieldValue[]
  readonly byText: Map<string, number>
  readonly byNumber: Map<number, number>
}

/** Starts a table with these fields. */
export function createTableBuilder(name: string, fieldNames: readonly string[]): TableBuilder {
  const columns = fieldNames.map(
    (): ColumnBuilder => ({ elements: [], values: [], byText: new Map(), byNumber: new Map() }),
  )
  let rowCount = 0
  return {
    addRow(cells) {
      rowCount += 1
      for (const [index, column] of columns.entries()) {
        column.elements.push(elementOf(column, cells[index] ?? null))
      }
    },
    finish() {
      const fields = columns.map((column, index) =>
        createField(fieldNames[index] ?? '', column.values, Int32Array.from(column.elements)),
      )
      return createTable(name, rowCount, fields)
    },
  }
}

/**
 * Makes the table that is left of another when only some rows may be seen. Element numbers, values
 * and counts are made again: nothing in it shows what was taken away.
 */
export function reduceTable(table: Table, keep: (row: number) => boolean): Table {
  const rows: number[] = []
  for (let row = 0; row < table.rowCount; row += 1) if (keep(row)) rows.push(row)
  const fields = table.fields.map((field) => {
    const renumbered = new Int32Array(field.values.length).fill(-1)
    const values: FieldValue[] = []
    const elements = new Int32Array(rows.length).fill(-1)
    for (const [index, row] of rows.entries()) {
      const element = field.elements[row] ?? -1
      const value = field.values[element]
      if (value === undefined) continue
      let next = renumbered[element] ?? -1
      if (next < 0) {
        next = values.length
        renumbered[element] = next
        values.push(value)
      }
      elements[index] = next
    }
    return createField(field.name, values, elements)
  })
  return createTable(table.name, rows.length, fields)
}

function createTable(name: string, rowCount: number, fields: readonly Field[]): Table {
  const byName = new Map(fields.map((field) => [field.name, field]))
  return { name, rowCount, fields, field: (fieldName) => byName.get(fieldName) }
}

function createField(
  name: string,
  values: readonly FieldValue[],
  elements: Int32Array<ArrayBuffer>,
): Field {
  const frequencies = new Int32Array(values.length)
  for (const element of elements) {
    if (element >= 0) frequencies[element] = (frequencies[element] ?? 0) + 1
  }
  const numbers = Float64Array.from(values, (value) => value.number)
  return { name, values, numbers, elements, frequencies, tags: tagsOf(values) }
}

/** Two values are one element when their numbers are equal; the first text loaded is the one shown. */
function elementOf(column: ColumnBuilder, cell: CellInput): number {
  if (cell === null) return -1
  const value = toFieldValue(cell)
  const isNumber = !Number.isNaN(value.number)
  const known = isNumber ? column.byNumber.get(value.number) : column.byText.get(value.text)
  if (known !== undefined) return known
  const element = column.values.length
  column.values.push(value)
  if (isNumber) column.byNumber.set(value.number, element)
  else column.byText.set(value.text, element)
  return element
}

function toFieldValue(cell: string | number | boolean | FieldValue): FieldValue {
  if (typeof cell === 'number') return { text: numberText(cell), number: cell }
  if (typeof cell === 'object') return cell
  return { text: String(cell), number: Number.NaN }
}

/** System tags as the engine sets them at load: `$numeric` only when every value is a number. */
function tagsOf(values: readonly FieldValue[]): readonly string[] {
  if (values.length === 0) return []
  if (values.every((value) => !Number.isNaN(value.number))) {
    return values.every((value) => Number.isInteger(value.number))
      ? ['$numeric', '$integer']
      : ['$numeric']
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the tag means exactly these characters
  return values.every((value) => /^[\x00-\x7f]*$/.test(value.text))
    ? ['$ascii', '$text']
    : ['$text']
}
