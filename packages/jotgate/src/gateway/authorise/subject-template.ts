import type { User } from '../../token/index.ts'
import { found, ownMember, type Reading, readString, refused } from '../../values/index.ts'

/** Makes a name of a user, or says why there is none. */
export type Template = (user: User) => Reading<string>

/** A placeholder, and the text up to the next one. */
interface Piece {
  readonly field: string
  readonly end: string
}

const maxLength = 255

/**
 * Reads a template such as `acme|{subject}`. Its placeholders are `{subject}`, `{directory}`, `{email}` (only a
 * verified one) and `{attributes.NAME}`.
 *
 * SECURITY: two people must not get one name, or one of them would be the other at Qlik. So there is text between
 * two placeholders, and a value that contains the text that ends it is refused: then each name can be taken apart
 * in one way only. Nor is `{name}` a placeholder: people may have the same one.
 */
export function readTemplate(option: string, value: unknown): Reading<Template> {
  const text = readString(option, value, maxLength)
  if (text.problems !== undefined) return text
  const [beginning = '', ...rest] = text.value.split(/\{([^{}]*)\}/)
  const pieces = rest.flatMap((field, index) =>
    index % 2 === 0 ? [{ field, end: rest[index + 1] ?? '' }] : [],
  )
  const problem = problemOf(beginning, pieces)
  if (problem !== undefined) return refused(option, problem)
  return found((user) => fill(option, beginning, pieces, user))
}

function problemOf(beginning: string, pieces: readonly Piece[]): string | undefined {
  if (pieces.length === 0)
    return 'has no placeholder such as {subject}: everybody would be the same user'
  for (const [index, { field, end }] of pieces.entries()) {
    if (!/^(subject|directory|email|attributes\..+)$/.test(field))
      return `has a placeholder that is not known; there are {subject}, {directory}, {email} and {attributes.NAME}`
    if (end === '' && index < pieces.length - 1)
      return 'has two placeholders side by side: put text between them, so that two people cannot get one name'
  }
  if ([beginning, ...pieces.map(({ end }) => end)].some((text) => /[{}]/.test(text)))
    return 'has a brace that belongs to no placeholder'
  return pieces.every(({ field }) => field === 'directory')
    ? 'has no placeholder but {directory}: everybody in it would be the same user'
    : undefined
}

function fill(
  option: string,
  beginning: string,
  pieces: readonly Piece[],
  user: User,
): Reading<string> {
  let name = beginning
  for (const [index, { field, end }] of pieces.entries()) {
    const value = fieldOf(user, field)
    if (value === undefined)
      return refused(option, `needs ${field}, which this person does not have`)
    // The last value ends where the template does.
    if (index < pieces.length - 1 && (value + end).indexOf(end) !== value.length)
      return refused(option, `cannot hold this ${field}: it contains what ends it`)
    name += value + end
  }
  if (name.length > maxLength) return refused(option, `becomes longer than ${maxLength} characters`)
  return found(name)
}

/** An address that is not verified may be somebody else’s, so it identifies nobody. */
function fieldOf(user: User, field: string): string | undefined {
  if (field === 'subject') return user.subject
  if (field === 'directory') return user.directory
  if (field === 'email') return user.emailVerified === true ? user.email : undefined
  const value = ownMember(user.attributes ?? {}, field.slice('attributes.'.length))
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}
