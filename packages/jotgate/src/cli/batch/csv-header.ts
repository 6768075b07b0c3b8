import { nearestName } from '../../config/index.ts'
import type { User } from '../../token/index.ts'
import { escapeForTerminal } from '../../values/index.ts'

/** What people call the columns, and what they mean. */
const columns: Readonly<Record<string, keyof User>> = {
  subject: 'subject',
  sub: 'subject',
  userid: 'subject',
  directory: 'directory',
  userdirectory: 'directory',
  name: 'name',
  email: 'email',
  emailverified: 'emailVerified',
  groups: 'groups',
  group: 'groups',
}

/** A column of a CSV file: a field of the user, or an attribute where `field` is undefined. */
export interface CsvColumn {
  readonly name: string
  readonly field: keyof User | undefined
}

/** The names in the first line of a CSV file, understood. */
export interface CsvHeader {
  readonly columns: readonly CsvColumn[]
  /** For columns that mean nothing, the one that was probably meant. */
  readonly meant: Readonly<Record<string, string>>
}

/** Reads the first line of a CSV file, or says what is wrong with it: then no row can be trusted. */
export function readCsvHeader(cells: readonly string[]): CsvHeader | { readonly problem: string } {
  const found = cells.map((cell): CsvColumn => {
    const name = cell.trim()
    const known = name.toLowerCase().replaceAll(/[-_ ]/g, '')
    return { name, field: Object.hasOwn(columns, known) ? columns[known] : undefined }
  })
  const meant = Object.fromEntries(
    found.flatMap(({ name, field }) => {
      const near = field === undefined ? nearestName(name, Object.keys(columns)) : undefined
      const meaning = near === undefined ? undefined : columns[near]
      return meaning === undefined ? [] : [[name, meaning]]
    }),
  )
  const problem = separatorProblem(cells) ?? subjectProblem(found, meant) ?? doubleProblem(found)
  return problem === undefined ? { columns: found, meant } : { problem }
}

function separatorProblem([only = '', ...others]: readonly string[]): string | undefined {
  const sign = others.length > 0 ? undefined : /[;\t]/.exec(only)?.[0]
  if (sign === undefined) return undefined
  return `separates its columns by ${sign === ';' ? 'semicolons' : 'tabs'}; use commas`
}

function subjectProblem(
  found: readonly CsvColumn[],
  meant: Readonly<Record<string, string>>,
): string | undefined {
  if (found.some(({ field }) => field === 'subject')) return undefined
  const [near] = Object.entries(meant).find(([, field]) => field === 'subject') ?? []
  const hint = near === undefined ? '' : `; did you mean subject by ${near}?`
  return `has no column for the subject: its first line must name the columns, such as subject,name,email,groups${hint}`
}

/** Two columns of one meaning: whichever counted, somebody could become another person. */
function doubleProblem(found: readonly CsvColumn[]): string | undefined {
  const before = new Map<string, string>()
  for (const { name, field } of found) {
    // A line that ends with a comma has a column without a name; there may be several.
    if (name === '') continue
    const key = field ?? `attribute ${name}`
    const other = before.get(key)
    if (other !== undefined)
      return `has two columns for ${field ?? 'the same attribute'}: ${printable(other)} and ${printable(name)}`
    before.set(key, name)
  }
  return undefined
}

/** Of a name from a file, no more than can be read at a glance. */
const printable = (name: string) => escapeForTerminal(name.slice(0, 64))
