import type { JotgateError } from '../errors/index.ts'
import { type ClientManagedDeployment, constantDirectory } from './client-managed.ts'
import { tokenErrors } from './errors.ts'
import { refusalsOf } from './refusals.ts'
import { kindOf } from './text-problem.ts'
import {
  type AttributeScalar,
  type AttributeValue,
  parseGroups,
  parseText,
  type User,
} from './user.ts'

/** A user as the claims for a client-managed deployment have them. */
export interface ClientManagedUser {
  readonly userId: string
  readonly userDirectory: string
  readonly groups: readonly string[]
  /** By the claim's name. */
  readonly attributes: readonly (readonly [string, AttributeValue])[]
}

/** What of a deployment decides about its users. */
type Names = Pick<ClientManagedDeployment, 'userDirectory' | 'claims'>

const maxAttributeLength = 1024
const maxAttributeValues = 200

/** Reads each field once, so that what was checked is what gets signed. */
export function parseClientManagedUser(deployment: Names, user: User): ClientManagedUser {
  if (typeof user !== 'object' || user === null) throw new TypeError('A user is needed')
  const fields = fieldsOf(deployment, user)
  return Object.freeze({
    userId: fields.userId(),
    userDirectory: fields.userDirectory(),
    groups: fields.groups(),
    attributes: fields.attributes().map((read) => read()),
  })
}

/** Everything that is wrong with a user, where `parseClientManagedUser` stops at the first. */
export function clientManagedUserProblems(deployment: Names, user: User): JotgateError[] {
  const { attributes, ...others } = fieldsOf(deployment, user)
  const readings: (() => unknown)[] = Object.values(others)
  const unreadable = refusalsOf([() => readings.push(...attributes())])
  return [...refusalsOf(readings), ...unreadable]
}

function fieldsOf(deployment: Names, user: User) {
  const { subject, directory, groups, name, email, attributes } = user
  return {
    userId: () => parsePlain('subject', subject, 255),
    userDirectory: () => parseDirectory(deployment, directory),
    groups: () =>
      deployment.claims.groups === undefined
        ? []
        : parseGroups(groups).map((group, index) => parsePlain(`groups[${index}]`, group, 256)),
    attributes: () => attributeReadings(deployment, { name, email }, parseRecord(attributes)),
  }
}

function parseDirectory(deployment: Names, directory: unknown): string {
  const { userDirectory, claims } = deployment
  if (directory === undefined) return parsePlain('directory', userDirectory, 255)
  const own = parsePlain('directory', directory, 255)
  // The virtual proxy would put the user into its own directory: somebody else there.
  if (constantDirectory(claims) !== undefined && own !== userDirectory)
    throw refuse('directory', 'is not the one that the virtual proxy has as a constant')
  return own
}

/** What the user has as a field of its own stays a text; an attribute of that name counts more. */
function attributeReadings(
  { claims }: Names,
  fields: Readonly<Record<string, unknown>>,
  attributes: Readonly<Record<string, unknown>>,
) {
  return Object.entries(claims.attributes ?? {}).flatMap(([name, claim]) => {
    const value = ownValue(attributes, name)
    const field = ownValue(fields, name)
    if (value === undefined && field === undefined) return []
    const read = () =>
      value === undefined
        ? parsePlain(name, field, maxAttributeLength)
        : parseAttribute(`attributes.${name}`, value)
    return [(): readonly [string, AttributeValue] => [claim, read()]]
  })
}

function ownValue(values: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(values, name) ? values[name] : undefined
}

function parseAttribute(field: string, value: unknown): AttributeValue {
  if (!Array.isArray(value)) return parseScalar(field, value)
  if (value.length > maxAttributeValues)
    throw refuse(field, `holds more than ${maxAttributeValues} values`)
  return value.map((one, index) => parseScalar(`${field}[${index}]`, one))
}

/** JSON has no NaN, and beyond 2^53 a number is no longer the one that was written. */
function parseScalar(field: string, value: unknown): AttributeScalar {
  if (typeof value === 'boolean') return value
  if (typeof value === 'string') return parsePlain(field, value, maxAttributeLength)
  if (typeof value !== 'number')
    throw refuse(field, `must be a text, a number, or true or false, not ${kindOf(value)}`)
  if (!Number.isFinite(value)) throw refuse(field, 'is no number that JSON has')
  if (Number.isInteger(value) && !Number.isSafeInteger(value))
    throw refuse(field, 'is a number of more than 15 digits, which loses some; send it as a text')
  return value
}

function parseRecord(value: unknown): Record<string, unknown> {
  if (value === undefined) return {}
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw refuse('attributes', `must be an object, not ${kindOf(value)}`)
}

/**
 * The proxy hands the user on in headers, `UserDirectory=…; UserId=…` and `attribute=value; …`.
 * Whether it escapes a semicolon is not known, and a display name must not become a group.
 */
function parsePlain(field: string, value: unknown, maxLength: number): string {
  const text = parseText(field, value, maxLength)
  if (text.includes(';'))
    throw refuse(field, 'holds a semicolon, which ends a value in Qlik’s headers')
  return text
}

function refuse(field: string, problem: string) {
  return tokenErrors.ERR_TOKEN_USER({ field, problem })
}
