import {
  definedOf,
  found,
  isObject,
  kindOf,
  type Reading,
  readAll,
  readEach,
  readString,
  refused,
} from '../values/index.ts'
import { readAttribute } from './attribute.ts'
import { type AttributeValue, readEmailVerified, readGroups, type User } from './user.ts'

/** A directory may have a person in very many groups, of which Qlik is told a few. */
const maxGroups = 5000

const maxAttributes = 100

/**
 * Reads a user that comes from outside, for no deployment yet: each field is right where it is given, and the
 * subject is. The value is a frozen copy that has these fields alone; what is null counts as omitted.
 */
export function readUser(value: unknown): Reading<User> {
  if (!isObject(value)) return refused('user', `must be an object, not ${kindOf(value)}`)
  const { subject, directory, name, email, emailVerified, groups, attributes } = value
  const fields = readAll({
    subject: readString('subject', subject ?? undefined, 255),
    directory: optional(directory, (given) => readString('directory', given, 255)),
    name: optional(name, (given) => readString('name', given, 256)),
    email: optional(email, (given) => readString('email', given, 254)),
    emailVerified: optional(emailVerified, readEmailVerified),
    groups: optional(groups, (given) => readGroups(given, readString, maxGroups)),
    attributes: optional(attributes, readAttributes),
  })
  return fields.problems === undefined
    ? found(Object.freeze(definedOf(fields.value)) as User)
    : fields
}

function optional<Value>(
  value: unknown,
  read: (given: unknown) => Reading<Value>,
): Reading<Value | undefined> {
  return value === undefined || value === null ? found(undefined) : read(value)
}

function readAttributes(value: unknown): Reading<Readonly<Record<string, AttributeValue>>> {
  if (!isObject(value)) return refused('attributes', `must be an object, not ${kindOf(value)}`)
  const entries = Object.entries(value).filter(([, one]) => one !== undefined && one !== null)
  if (entries.length > maxAttributes)
    return refused('attributes', `contains more than ${maxAttributes} attributes`)
  const read = readEach(
    entries.map(([name, one]) => {
      const named = readString('attributes', name, 256)
      if (named.problems !== undefined)
        return refused('attributes', `has a name that ${named.problems[0].problem}`)
      const attribute = readAttribute(`attributes.${name}`, one)
      return attribute.problems === undefined ? found([name, attribute.value] as const) : attribute
    }),
  )
  // By entries: assignment would lose an attribute called `__proto__`.
  return read.problems === undefined ? found(Object.freeze(Object.fromEntries(read.value))) : read
}
