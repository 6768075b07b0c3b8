import type { User } from '../../token/index.ts'
import type { BatchRow } from './batch-row.ts'

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

/** Makes a user of a row: `groups` are parted by `;` or `|`, a column without a meaning is an attribute. */
export function csvUser(
  line: number,
  names: readonly string[],
  cells: readonly string[],
): BatchRow {
  if (cells.length !== names.length)
    return { line, problem: `has ${cells.length} cells, and the first line has ${names.length}` }
  const user: Record<string, unknown> = {}
  const attributes: Record<string, string> = {}
  for (const [index, name] of names.entries()) {
    const cell = cells[index] ?? ''
    const field = columns[name.toLowerCase().replaceAll(/[-_ ]/g, '')]
    if (cell === '') continue
    if (field === undefined) attributes[name] = cell
    else if (field === 'groups') user.groups = cell.split(/[;|]/).map((group) => group.trim())
    else if (field === 'emailVerified') {
      if (!/^(true|false)$/i.test(cell)) return { line, problem: `${name} must be true or false` }
      user.emailVerified = cell.toLowerCase() === 'true'
    } else user[field] = cell
  }
  if (Object.keys(attributes).length > 0) user.attributes = attributes
  return { line, user: user as Partial<User> }
}
