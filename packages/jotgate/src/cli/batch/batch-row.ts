import type { User } from '../../token/index.ts'
import type { CsvHeader } from './csv-header.ts'

/** A user of a batch, or what is wrong with its row; `line` is where it begins in the file. */
export type BatchRow =
  | {
      readonly line: number
      readonly user: Partial<User>
      /** For columns that mean nothing, the one that was probably meant. */
      readonly meantColumns?: Readonly<Record<string, string>>
    }
  | { readonly line: number; readonly problem: string }

/** Makes a user of a row: `groups` are parted by `;` or `|`, a column without a meaning is an attribute. */
export function csvUser(
  line: number,
  { columns, meant }: CsvHeader,
  cells: readonly string[],
): BatchRow {
  if (cells.length !== columns.length)
    return { line, problem: `has ${cells.length} cells, and the first line has ${columns.length}` }
  const user: Record<string, unknown> = {}
  const attributes: Record<string, string> = {}
  for (const [index, { name, field }] of columns.entries()) {
    const cell = cells[index] ?? ''
    if (cell === '') continue
    if (field === undefined) attributes[name] = cell
    else if (field === 'groups') user.groups = cell.split(/[;|]/).map((group) => group.trim())
    else if (field === 'emailVerified') {
      if (!/^(true|false)$/i.test(cell))
        return { line, problem: `must have true or false in ${name}` }
      user.emailVerified = cell.toLowerCase() === 'true'
    } else user[field] = cell
  }
  const isMarked = Object.keys(attributes).some((name) => Object.hasOwn(meant, name))
  if (Object.keys(attributes).length > 0) user.attributes = attributes
  return { line, user: user as Partial<User>, ...(isMarked ? { meantColumns: meant } : {}) }
}
