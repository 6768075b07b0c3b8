import {
  found,
  kindOf,
  type Problem,
  type Reading,
  readAll,
  readString,
  refused,
} from '../values/index.ts'
import { tokenErrors } from './errors.ts'

/** A person as the host application knows them. */
export interface User {
  /** Identifies the person permanently: Qlik finds its user by it. Up to 255 characters, the same at every login. */
  subject: string
  /** The user directory; client-managed deployments only, Qlik Cloud has none. */
  directory?: string
  /** The name that Qlik shows, up to 256 characters. Qlik Cloud needs it. */
  name?: string
  /** The e-mail address, up to 254 characters. Qlik Cloud needs it. */
  email?: string
  /** Whether the host application has proved that the address is this person's. Default `false`. */
  emailVerified?: boolean
  /** Names of groups, at most 200 with up to 256 characters each. */
  groups?: readonly string[]
  /**
   * Further attributes, under the host application's names; client-managed deployments only, Qlik Cloud
   * ignores every other claim. What `claims.attributes` of the deployment does not name is not sent.
   */
  attributes?: Readonly<Record<string, AttributeValue>>
}

/**
 * The value of an attribute: a string of up to 1024 characters or an array of up to 200 of them, as in all
 * of Qlik's examples. Numbers and booleans are signed as they are; what Qlik makes of them in a security
 * rule is not known.
 */
export type AttributeValue = AttributeScalar | readonly AttributeScalar[]

/** One value of an attribute that may have several. */
export type AttributeScalar = string | number | boolean

/** A user that has everything that Qlik Cloud asks for. */
export interface CloudUser {
  readonly subject: string
  readonly name: string
  readonly email: string
  readonly emailVerified: boolean
  readonly groups: readonly string[]
}

/** The length of a name is Qlik's own bound (groups API). Their count is ours, so that the token fits a header. */
const maxGroupLength = 256
const maxGroups = 200

/** Reads each field once, so that what was checked is what gets signed. */
export function readCloudUser(user: User): Reading<CloudUser> {
  const { subject, name, email, emailVerified, groups } = user
  return readAll({
    subject: readString('subject', subject, 255),
    name: readString('name', name, 256),
    email: readString('email', email, 254),
    emailVerified: readEmailVerified(emailVerified),
    groups: readGroups(groups),
  })
}

/** Makes the error of a problem with a user. */
export function toUserError({ option, problem }: Problem) {
  return tokenErrors.ERR_TOKEN_USER({ field: option, problem })
}

/** Never assumed: with `true`, Qlik may join this user to another account with the same address. */
export function readEmailVerified(value: unknown): Reading<boolean> {
  if (value === undefined) return found(false)
  if (typeof value === 'boolean') return found(value)
  return refused('emailVerified', `must be true or false, not ${kindOf(value)}`)
}

/** Reads names of groups, up to the first that is wrong: an array may have any number of them. */
export function readGroups(
  value: unknown,
  readName = readString,
  maxCount = maxGroups,
): Reading<readonly string[]> {
  if (value === undefined) return found([])
  if (!Array.isArray(value)) return refused('groups', `must be an array, not ${kindOf(value)}`)
  const groups = new Set<string>()
  for (const [index, group] of value.entries()) {
    const name = readName(`groups[${index}]`, group, maxGroupLength)
    if (name.problems !== undefined) return name
    groups.add(name.value)
    if (groups.size > maxCount)
      return refused('groups', `contains more than ${maxCount} different names`)
  }
  return found(Object.freeze([...groups]))
}
