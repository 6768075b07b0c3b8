import { type CsvRecord, parseCsv } from './csv.ts'
import { dataError } from './data-error.ts'
import { reduceTable, type Table } from './table.ts'

/** Who opens an app, as the login made them. */
export interface EngineUser {
  /** The tenant's own ID of the user. */
  readonly userId: string
  /** What the identity provider calls the user: the token's `sub`. */
  readonly subject: string
  readonly name: string
  readonly email: string
  readonly groups: readonly string[]
  readonly isAdmin?: boolean
}

type IdentityColumn = 'USERID' | 'NTNAME' | 'USER.NAME' | 'USER.EMAIL' | 'GROUP'

interface SectionAccessRow {
  readonly line: number
  /** Upper-case; a column left empty is absent. */
  readonly identity: ReadonlyMap<IdentityColumn, string>
  /** Upper-case value by upper-case field name. */
  readonly reduction: ReadonlyMap<string, string>
}

/** A section-access table, as the data load script of an app would hold it. */
export interface SectionAccess {
  /** Where it came from, for errors. */
  readonly file: string
  /** Upper-case names of the fields that rows are reduced by. */
  readonly reductionFields: readonly string[]
  readonly rows: readonly SectionAccessRow[]
}

const identityColumns: readonly string[] = ['USERID', 'NTNAME', 'USER.NAME', 'USER.EMAIL', 'GROUP']
/** System columns of section access that would need what the emulator has not. */
const refusedColumns: readonly string[] = ['OMIT', 'NTDOMAINSID', 'NTSID', 'SERIAL', 'PASSWORD']

/**
 * Reads a section-access table from CSV: `ACCESS` (`USER` or `ADMIN`), any of `USERID`, `NTNAME`, `USER.NAME`,
 * `USER.EMAIL` and `GROUP`, and one column for each field that rows are reduced by. `*` stands for all values
 * listed in its column, an empty cell for no value. Names and values are compared in upper case. `NTNAME` is
 * compared with what `USERID` is compared with (Qlik Community 1758327).
 *
 * @param text the table as CSV
 * @param file the name to tell in errors
 * @example
 * const access = parseSectionAccess('ACCESS,GROUP,MAJOR GENRE\nUSER,comedy,Comedy\nUSER,editors,*\n')
 */
export function parseSectionAccess(text: string, file = 'section access'): SectionAccess {
  const [header, ...records] = parseCsv(text.replace(/^\uFEFF/, ''), file)
  if (header === undefined) {
    throw dataError({ file, problem: 'it is empty', hint: 'Begin it with a line of column names.' })
  }
  const columns = header.cells.map((cell) => cell.trim().toUpperCase())
  refuseColumns(columns, file)
  const reductionFields = columns.filter(
    (column) => column !== 'ACCESS' && !identityColumns.includes(column),
  )
  return {
    file,
    reductionFields,
    rows: records.map((record) => toRow(record, columns, file)),
  }
}

function refuseColumns(columns: readonly string[], file: string): void {
  const refuse = (problem: string, hint: string): never => {
    throw dataError({ file, line: 1, problem, hint })
  }
  if (!columns.includes('ACCESS')) refuse('there is no column ACCESS', 'Add it: USER or ADMIN.')
  if (!columns.some((column) => identityColumns.includes(column))) {
    refuse('no column tells who is meant', `Add one of ${identityColumns.join(', ')}.`)
  }
  for (const [index, column] of columns.entries()) {
    if (column === '') refuse(`column ${index + 1} has no name`, 'Name it.')
    if (columns.indexOf(column) !== index) refuse(`${column} stands twice`, 'Keep one of them.')
    if (refusedColumns.includes(column)) {
      refuse(`${column} is not supported by the jotgate emulator`, 'Take the column out.')
    }
  }
}

function toRow(record: CsvRecord, columns: readonly string[], file: string): SectionAccessRow {
  const identity = new Map<IdentityColumn, string>()
  const reduction = new Map<string, string>()
  for (const [index, column] of columns.entries()) {
    const value = (record.cells[index] ?? '').trim().toUpperCase()
    if (column === 'ACCESS') {
      if (value === 'USER' || value === 'ADMIN') continue
      const problem = `ACCESS is "${record.cells[index] ?? ''}"`
      throw dataError({ file, line: record.line, problem, hint: 'Write USER or ADMIN.' })
    }
    if (value === '') continue
    if (isIdentityColumn(column)) identity.set(column, value)
    else reduction.set(column, value)
  }
  return { line: record.line, identity, reduction }
}

function isIdentityColumn(column: string): column is IdentityColumn {
  return identityColumns.includes(column)
}

/** Says what is wrong when a reduction field is not a field of the table, or could be two of them. */
export function checkSectionAccess(access: SectionAccess, table: Table): string | undefined {
  for (const name of access.reductionFields) {
    const matches = table.fields.filter((field) => field.name.toUpperCase() === name)
    if (matches.length === 0) return `${name} is not a field of ${table.name}`
    if (matches.length > 1) return `${name} could be several fields of ${table.name}`
  }
  return undefined
}

/**
 * Gives the rows that one user may see, or undefined when they may not open the app at all: no row
 * of the section access is theirs, or what it lists is nowhere in the data (strict exclusion).
 */
export function tableForUser(
  table: Table,
  access: SectionAccess | undefined,
  user: EngineUser,
): Table | undefined {
  if (access === undefined) return table
  const rows = access.rows.filter((row) => isUsersRow(row, user))
  if (rows.length === 0) return undefined
  if (access.reductionFields.length === 0) return table
  const tests = rows.map((row) => rowTest(table, access, row))
  const reduced = reduceTable(table, (row) => tests.some((test) => test(row)))
  return reduced.rowCount === 0 ? undefined : reduced
}

/** Which rows of the section access are a user's; two users with the same answer see the same data. */
export function accessFingerprint(access: SectionAccess | undefined, user: EngineUser): string {
  if (access === undefined) return 'all'
  const lines = access.rows.filter((row) => isUsersRow(row, user)).map((row) => row.line)
  return lines.join(',')
}

/** A row that names nobody is nobody's: leaving a cell empty must not open an app to everyone. */
function isUsersRow(row: SectionAccessRow, user: EngineUser): boolean {
  if (row.identity.size === 0) return false
  for (const [column, value] of row.identity) {
    if (value !== '*' && !identitiesOf(user, column).includes(value)) return false
  }
  return true
}

function identitiesOf(user: EngineUser, column: IdentityColumn): readonly string[] {
  const values: Readonly<Record<IdentityColumn, readonly string[]>> = {
    USERID: [user.subject],
    NTNAME: [user.subject],
    'USER.NAME': [user.name],
    'USER.EMAIL': [user.email],
    GROUP: user.groups,
  }
  return values[column].map((value) => value.toUpperCase())
}

/** Every reduction field must allow the row; an empty cell allows none. */
function rowTest(
  table: Table,
  access: SectionAccess,
  row: SectionAccessRow,
): (row: number) => boolean {
  const allowed = access.reductionFields.map((name) => {
    const field = table.fields.find((candidate) => candidate.name.toUpperCase() === name)
    const value = row.reduction.get(name)
    const listed =
      value === '*' ? access.rows.map((other) => other.reduction.get(name) ?? '*') : [value]
    const names = new Set(listed.filter((entry) => entry !== undefined && entry !== '*'))
    const mask = Uint8Array.from(field?.values ?? [], (entry) =>
      names.has(entry.text.toUpperCase()) ? 1 : 0,
    )
    return { elements: field?.elements ?? new Int32Array(0), mask }
  })
  return (index) =>
    allowed.every(({ elements, mask }) => {
      const element = elements[index] ?? -1
      return element >= 0 && mask[element] === 1
    })
}
