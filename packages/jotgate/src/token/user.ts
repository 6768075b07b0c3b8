import { tokenErrors } from './errors.ts'
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
  /** Further attributes; client-managed deployments only, Qlik Cloud ignores every other claim. */
  attributes?: Record<string, unknown>
}

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
  const { subject, name, email, emailVerified, groups } = user
  return Object.freeze({
    subject: parseText('subject', subject, 255),
    name: parseText('name', name, 256),
    email: parseText('email', email, 254),
    emailVerified: parseEmailVerified(emailVerified),
    groups: parseGroups(groups),
  })
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
