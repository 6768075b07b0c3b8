import type { User } from '../../token/index.ts'
import {
  found,
  isObject,
  kindOf,
  listNames,
  ownMember,
  type Reading,
  readAll,
  readEach,
  readString,
  refused,
} from '../../values/index.ts'
import { type Pattern, readDomainPattern, readPattern } from './pattern.ts'

/** Who is meant. All that is given must apply, and something must be given. */
export interface PersonCondition {
  /** The subject as the host application names it; `service-*` for all that begin so. */
  readonly subject?: string
  /** The user directory as the host application names it, or its beginning and `*`. */
  readonly directory?: string
  /** One of the groups, as the host application names them, or its beginning and `*`. */
  readonly group?: string
  /** The domain of the e-mail address; `*.acme.example` for those below it. */
  readonly emailDomain?: string
  /** Attributes by name, such as `{ customer: 'acme' }`; of a list, one value must match. 1 to 20. */
  readonly attributes?: Readonly<Record<string, string>>
}

/** Who may not enter. */
export interface DenyRule extends PersonCondition {
  /** Why: for the audit log. Default: the rule's place in the list. Up to 256 characters. */
  readonly reason?: string
}

/** A condition, and why it is there. */
interface NamedCondition {
  readonly appliesTo: (user: User) => boolean
  readonly reason: string
}

const maxRules = 1000

/** Reads a list of conditions. An address that is not verified counts only where it denies. */
export function readConditions(
  option: string,
  value: unknown,
  { unverifiedEmails }: { unverifiedEmails: boolean },
): Reading<NamedCondition[]> {
  if (!Array.isArray(value)) return refused(option, `must be an array, not ${kindOf(value)}`)
  if (value.length > maxRules) return refused(option, `has more than ${maxRules} rules`)
  return readEach(
    value.map((one, index) => readCondition(`${option}[${index}]`, one, unverifiedEmails)),
  )
}

/** What a member of a condition is compared with. */
interface Member {
  readonly read: (option: string, value: unknown) => Reading<Pattern>
  readonly namesOf: (user: User, unverifiedEmails: boolean) => readonly (string | undefined)[]
}

const members: Readonly<Record<Exclude<keyof PersonCondition, 'attributes'>, Member>> = {
  subject: { read: readPattern, namesOf: ({ subject }) => [subject] },
  directory: { read: readPattern, namesOf: ({ directory }) => [directory] },
  group: { read: readPattern, namesOf: ({ groups = [] }) => groups },
  emailDomain: {
    read: readDomainPattern,
    namesOf: ({ email, emailVerified }, unverifiedEmails) =>
      unverifiedEmails || emailVerified === true ? [email?.slice(email.lastIndexOf('@') + 1)] : [],
  },
}

const memberNames = [...Object.keys(members), 'attributes']
const maxAttributes = 20

export function readCondition(
  option: string,
  value: unknown,
  unverifiedEmails: boolean,
): Reading<NamedCondition> {
  if (!isObject(value)) return refused(option, `must be an object, not ${kindOf(value)}`)
  const { reason, ...given } = value
  if (Object.keys(given).some((name) => !memberNames.includes(name)))
    return refused(option, `may have ${listNames(memberNames, 'and')}, and nothing else`)
  if (Object.keys(given).length === 0)
    return refused(option, `names nobody: give ${listNames(memberNames, 'or')}`)
  const { attributes, ...patterns } = given
  const entries = Object.entries(patterns) as [keyof typeof members, unknown][]
  const fields = readAll({
    attributes: readAttributes(`${option}.attributes`, attributes),
    tests: readEach(
      entries.map(([name, pattern]) => {
        const reading = members[name].read(`${option}.${name}`, pattern)
        if (reading.problems !== undefined) return reading
        return found((user: User) =>
          members[name]
            .namesOf(user, unverifiedEmails)
            .some((one) => one !== undefined && reading.value(one)),
        )
      }),
    ),
    reason: reason === undefined ? found(option) : readString(`${option}.reason`, reason, 256),
  })
  if (fields.problems !== undefined) return fields
  const { tests, attributes: ofAttributes, reason: why } = fields.value
  const all = [...tests, ...ofAttributes]
  return found({ appliesTo: (user) => all.every((test) => test(user)), reason: why })
}

/** One test for each attribute. */
function readAttributes(option: string, value: unknown): Reading<((user: User) => boolean)[]> {
  if (value === undefined) return found([])
  if (!isObject(value)) return refused(option, `must be an object, not ${kindOf(value)}`)
  const entries = Object.entries(value)
  if (entries.length === 0 || entries.length > maxAttributes)
    return refused(option, `must have 1 to ${maxAttributes} members`)
  return readEach(
    entries.map(([name, pattern]) => {
      const reading = readPattern(`${option}.${name}`, pattern)
      if (reading.problems !== undefined) return reading
      return found(({ attributes = {} }: User) =>
        [ownMember(attributes, name)]
          .flat()
          .some((one) => isName(one) && reading.value(String(one))),
      )
    }),
  )
}

const isName = (value: unknown) => typeof value === 'string' || typeof value === 'number'
