import { type ClientManagedDeployment, constantDirectory } from './client-managed.ts'
import { tokenErrors } from './errors.ts'
import { kindOf } from './text-problem.ts'
import { parseGroups, parseText, type User } from './user.ts'

/** A user as the claims for a client-managed deployment have them. */
export interface ClientManagedUser {
  readonly userId: string
  readonly userDirectory: string
  readonly groups: readonly string[]
  /** By the claim's name. */
  readonly attributes: readonly (readonly [string, string | readonly string[]])[]
}

const maxAttributeLength = 1024
const maxAttributeValues = 200

/** Reads each field once, so that what was checked is what gets signed. */
export function parseClientManagedUser(
  deployment: ClientManagedDeployment,
  user: User,
): ClientManagedUser {
  if (typeof user !== 'object' || user === null) throw new TypeError('A user is needed')
  const { subject, directory, groups, name, email, attributes } = user
  return Object.freeze({
    userId: parsePlain('subject', subject, 255),
    userDirectory: parseDirectory(deployment, directory),
    groups:
      deployment.claims.groups === undefined
        ? []
        : parseGroups(groups).map((group, index) => parsePlain(`groups[${index}]`, group, 256)),
    attributes: parseAttributes(deployment, { name, email, ...parseRecord(attributes) }),
  })
}

function parseDirectory(deployment: ClientManagedDeployment, directory: unknown): string {
  const { userDirectory, claims } = deployment
  if (directory === undefined) return parsePlain('directory', userDirectory, 255)
  const own = parsePlain('directory', directory, 255)
  // The virtual proxy would put the user into its own directory: somebody else there.
  if (constantDirectory(claims) !== undefined && own !== userDirectory)
    throw refuse('directory', 'is not the one that the virtual proxy has as a constant')
  return own
}

function parseAttributes(
  deployment: ClientManagedDeployment,
  values: Record<string, unknown>,
): ClientManagedUser['attributes'] {
  const mapped: [string, string | readonly string[]][] = []
  for (const [attribute, claim] of Object.entries(deployment.claims.attributes ?? {})) {
    const value = Object.hasOwn(values, attribute) ? values[attribute] : undefined
    if (value !== undefined) mapped.push([claim, parseAttribute(`attributes.${attribute}`, value)])
  }
  return mapped
}

/** Texts and lists of texts: what Qlik's own examples send. */
function parseAttribute(field: string, value: unknown): string | readonly string[] {
  if (!Array.isArray(value)) return parsePlain(field, value, maxAttributeLength)
  if (value.length > maxAttributeValues)
    throw refuse(field, `holds more than ${maxAttributeValues} values`)
  return value.map((one, index) => parsePlain(`${field}[${index}]`, one, maxAttributeLength))
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
