import type { JotgateError } from '../errors/index.ts'
import { tokenErrors } from './errors.ts'
import { refusalsOf } from './refusals.ts'
import { kindOf, textProblem } from './text-problem.ts'

/** A person as the host application knows them. */
export interface User {
  /** Who it is, for ever: Qlik finds its user by this. Up to 255 characters, the same at every login. */
  subject: string
  /** The user directory; client-managed deployments only, Qlik Cloud has none. */
  directory?: string
  /** The name that Qlik shows, up to 256 characters. Qlik Cloud needs it. */
  name?: string
  /** The e-mail address, up to 254 characters. Qlik Cloud needs it. */
  email?: string
  /** Whether the host application has proved that the address is this person's. `false` when left out. */
  emailVerified?: boolean
  /** Names of groups, at most 200 with up to 256 characters each. */
  groups?: readonly string[]
  /**
   * Further attributes, by a name of the host application; client-managed deployments only, Qlik Cloud
   * ignores every other claim. What has no name in `claims.attributes` of the deployment is not sent.
   */
  attributes?: Readonly<Record<string, AttributeValue>>
}

/**
 * What an attribute may hold: texts of up to 1024 characters, or lists of up to 200 of them, as in all of
 * Qlik's examples. Numbers and truth values are signed as they are; what Qlik makes of them in a security
 * rule is not known.
 */
export type AttributeValue = AttributeScalar | readonly AttributeScalar[]

/** One value of an attribute. */
export type AttributeScalar = string | number | boolean

/** A user that has everything that Qlik Cloud asks for. */
export interface CloudUser {
  readonly subject: string
  readonly name: string
  readonly email: string
  readonly emailVerified: boolean
  readonly groups: readonly string[]
}

/** Group names: Qlik's own bound (groups API). Their count: ours, so that the token fits a header. */
const maxGroupLength = 256
const maxGroups = 200

/** Reads each field once, so that what was checked is what gets signed. */
export function parseCloudUser(user: User): CloudUser {
  if (typeof user !== 'object' || user === null) throw new TypeError('A user is needed')
  const fields = cloudFieldsOf(user)
  return Object.freeze({
    subject: fields.subject(),
    name: fields.name(),
    email: fields.email(),
    emailVerified: fields.emailVerified(),
    groups: fields.groups(),
  })
}

/** Everything that is wrong with a user, where `parseCloudUser` stops at the first. */
export function cloudUserProblems(user: User): JotgateError[] {
  return refusalsOf(Object.values(cloudFieldsOf(user)))
}

function cloudFieldsOf({ subject, name, email, emailVerified, groups }: User) {
  return {
    subject: () => parseText('subject', subject, 255),
    name: () => parseText('name', name, 256),
    email: () => parseText('email', email, 254),
    emailVerified: () => parseEmailVerified(emailVerified),
    groups: () => parseGroups(groups),
  }
}

export function parseText(field: string, value: unknown, maxLength: number): string {
  const problem = textProblem(value, maxLength)
  if (problem !== undefined) throw tokenErrors.ERR_TOKEN_USER({ field, problem })
  return value as string
}

/** Never assumed: with `true`, Qlik may join this user to another account of the same address. */
function parseEmailVerified(value: unknown): boolean {
  if (value === undefined) return false
  if (typeof value === 'boolean') return value
  const problem = `must be true or false, not ${kindOf(value)}`
  throw tokenErrors.ERR_TOKEN_USER({ field: 'emailVerified', problem })
}

export function parseGroups(value: unknown): readonly string[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) {
    const problem = `must be an array, not ${kindOf(value)}`
    throw tokenErrors.ERR_TOKEN_USER({ field: 'groups', problem })
  }
  const groups = new Set<string>()
  for (const [index, group] of value.entries()) {
    groups.add(parseText(`groups[${index}]`, group, maxGroupLength))
    if (groups.size > maxGroups) {
      const problem = `holds more than ${maxGroups} different names`
      throw tokenErrors.ERR_TOKEN_USER({ field: 'groups', problem })
    }
  }
  return Object.freeze([...groups])
}
