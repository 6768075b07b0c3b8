import {
  found,
  isObject,
  kindOf,
  ownMember,
  type Reading,
  readAll,
  readEach,
  readString,
  refused,
} from '../values/index.ts'
import { maxAttributeLength, readAttribute } from './attribute.ts'
import { type ClientManagedDeployment, constantDirectory } from './client-managed.ts'
import { type AttributeValue, readGroups, type User } from './user.ts'

/** A user as the claims for a client-managed deployment have them. */
export interface ClientManagedUser {
  readonly userId: string
  readonly userDirectory: string
  readonly groups: readonly string[]
  /** By the claim's name. */
  readonly attributes: readonly (readonly [string, AttributeValue])[]
}

/** What a deployment decides about its users. */
type Names = Pick<ClientManagedDeployment, 'userDirectory' | 'claims'>

/** Reads each field once, so that what was checked is what gets signed. */
export function readClientManagedUser(deployment: Names, user: User): Reading<ClientManagedUser> {
  const { subject, directory, groups, name, email, attributes } = user
  return readAll({
    userId: readPlain('subject', subject, 255),
    userDirectory: readDirectory(deployment, directory),
    groups: deployment.claims.groups === undefined ? found([]) : readGroups(groups, readPlain),
    attributes: readAttributes(deployment, { name, email }, attributes),
  })
}

function readDirectory({ userDirectory, claims }: Names, directory: unknown): Reading<string> {
  if (directory === undefined) return readPlain('directory', userDirectory, 255)
  const own = readPlain('directory', directory, 255)
  // The virtual proxy would put the user into its own directory: another person there.
  if (
    own.problems === undefined &&
    constantDirectory(claims) !== undefined &&
    own.value !== userDirectory
  )
    return refused('directory', 'differs from the constant of the virtual proxy')
  return own
}

/** Fields of the user stay strings; an attribute of the same name counts more. */
function readAttributes(
  { claims }: Names,
  fields: Readonly<Record<string, unknown>>,
  given: unknown,
): Reading<readonly (readonly [string, AttributeValue])[]> {
  if (given !== undefined && !isObject(given))
    return refused('attributes', `must be an object, not ${kindOf(given)}`)
  const readings = Object.entries(claims.attributes ?? {}).flatMap(([name, claim]) => {
    const value = ownMember(given ?? {}, name)
    const field = ownMember(fields, name)
    if (value === undefined && field === undefined) return []
    const reading =
      value === undefined
        ? readPlain(name, field, maxAttributeLength)
        : readAttribute(`attributes.${name}`, value, readPlain)
    return [reading.problems === undefined ? found([claim, reading.value] as const) : reading]
  })
  return readEach(readings)
}

/**
 * The proxy passes the user on in headers, `UserDirectory=…; UserId=…` and `attribute=value; …`.
 * Whether it escapes a semicolon is not known, and a display name must not become a group.
 */
function readPlain(option: string, value: unknown, maxLength: number): Reading<string> {
  const text = readString(option, value, maxLength)
  if (text.value?.includes(';') === true)
    return refused(option, 'contains a semicolon, which ends a value in Qlik’s headers')
  return text
}
