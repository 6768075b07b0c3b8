import type { User } from '../../token/index.ts'
import {
  found,
  isObject,
  kindOf,
  listNames,
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

const members: Readonly<Record<keyof PersonCondition, Member>> = {
  subject: { read: readPattern, namesOf: ({ subject }) => [subject] },
  directory: { read: readPattern, namesOf: ({ directory }) => [directory] },
  group: { read: readPattern, namesOf: ({ groups = [] }) => groups },
  emailDomain: {
    read: readDomainPattern,
    namesOf: ({ email, emailVerified }, unverifiedEmails) =>
      unverifiedEmails || emailVerified === true ? [email?.slice(email.lastIndexOf('@') + 1)] : [],
  },
}

function readCondition(
  option: string,
  value: unknown,
  unverifiedEmails: boolean,
): Reading<NamedCondition> {
  if (!isObject(value)) return refused(option, `must be an object, not ${kindOf(value)}`)
  const { reason, ...patterns } = value
  const unknown = Object.keys(patterns).find((name) => !Object.hasOwn(members, name))
  if (unknown !== undefined)
    return refused(option, `may have ${listNames(Object.keys(members), 'and')}, and nothing else`)
  const entries = Object.entries(patterns) as [keyof PersonCondition, unknown][]
  if (entries.length === 0)
    return refused(option, `names nobody: give ${listNames(Object.keys(members), 'or')}`)
  const fields = readAll({
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
  const { tests, reason: why } = fields.value
  return found({ appliesTo: (user) => tests.every((test) => test(user)), reason: why })
}
