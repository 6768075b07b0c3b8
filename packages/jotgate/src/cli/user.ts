import { nameProblems, nearestName } from '../config/index.ts'
import { toUserError, type User } from '../token/index.ts'
import { definedOf, isObject } from '../values/index.ts'
import { readClaims } from './claim-values.ts'
import type { Call } from './command.ts'
import type { Problems } from './problems.ts'
import { factsFor } from './product-facts.ts'
import { parseJsonInput, readInput } from './read-input.ts'
import type { FoundTarget, Target } from './target.ts'

const fields = [
  'subject',
  'directory',
  'name',
  'email',
  'emailVerified',
  'groups',
  'attributes',
] as const

/** What the options and the JSON say of a user, before it is known whom the token is for. */
export interface GivenUser {
  readonly user: Partial<User>
  /** The attributes that it has: each is a claim of that name, unless the deployment names it. */
  readonly attributes: readonly string[]
  /** Whether everything could be read: otherwise, what seems to be missing may stand there. */
  readonly isRead: boolean
}

/** Combines what the options and the JSON say of a user. */
export async function readGivenUser(call: Call, problems: Problems): Promise<GivenUser> {
  const { values } = call
  const file = values.text('userJson')
  const base = file === undefined ? {} : await problems.attempt(() => readUserJson(call, file))
  const claims = readClaims(call, problems)
  const verified = values.text('emailVerified')
  const user = {
    ...base,
    ...definedOf({
      subject: values.text('userId') ?? values.text('subject'),
      name: values.text('name'),
      email: values.text('email'),
      emailVerified: verified === undefined ? undefined : verified === 'true',
      groups: values.list('group').length > 0 ? values.list('group') : undefined,
    }),
    ...(claims.size > 0
      ? { attributes: { ...base?.attributes, ...Object.fromEntries(claims) } }
      : {}),
  }
  const { attributes } = user
  const named = typeof attributes === 'object' && attributes !== null ? attributes : {}
  return { user, attributes: Object.keys(named), isRead: base !== undefined }
}

/** Keeps what the product needs of a user and what it cannot take, by the names of the options. */
export async function checkGivenUser(
  { user, isRead }: GivenUser,
  { options }: FoundTarget,
  problems: Problems,
): Promise<void> {
  if (options === undefined) return
  const { neededFields, readUser } = factsFor(options)
  const missing = new Map(
    Object.entries(neededFields).filter(([field]) => user[field as keyof User] === undefined),
  )
  if (isRead) problems.add(...missing.values())
  const { problems: found = [] } = readUser(user as User)
  problems.addError(...found.filter(({ option }) => !missing.has(option)).map(toUserError))
}

/** Notes each attribute of a user that no claim holds; once, however many users have it. */
export function createUnsentNote(
  call: Call,
  { options }: Target,
): (user: Partial<User>, meantColumns?: Readonly<Record<string, string>>) => void {
  const { sentAttributes, whyNotSent } = factsFor(options)
  const noted = new Set<string>()
  return ({ attributes }, meantColumns = {}) => {
    if (typeof attributes !== 'object' || attributes === null) return
    for (const name of Object.keys(attributes)) {
      if (Object.hasOwn(sentAttributes, name) || noted.has(name)) continue
      noted.add(name)
      const meant = Object.hasOwn(meantColumns, name) ? meantColumns[name] : undefined
      const hint = meant === undefined ? '' : `; did you mean the column ${meant}?`
      call.note(`note: the attribute ${name.slice(0, 128)} is not sent: ${whyNotSent}${hint}`)
    }
  }
}

/** Notes once, however many users there are, that an address counts as not verified by default. */
export function createUnverifiedNote(
  call: Call,
  { options }: Target,
): (user: Partial<User>) => void {
  let isNoted = !factsFor(options).readsEmailVerified
  return ({ emailVerified }) => {
    if (isNoted || emailVerified !== undefined) return
    isNoted = true
    call.note('note: without emailVerified, an e-mail address counts as not verified')
  }
}

/** Notes what is right, and may still not be what was meant. */
export function noteOfUser(call: Call, { options }: Target, user: User): void {
  const note = factsFor(options).noteOf(user)
  if (note !== undefined) call.note(`note: ${note}`)
}

async function readUserJson(call: Call, file: string): Promise<Partial<User>> {
  const text = await readInput(call, '--user-json', file)
  const value = parseJsonInput(text, file === '-' ? 'The standard input' : file)
  return parseUserObject(value, text, (problem) => call.refuse(`--user-json ${problem}`))
}

/**
 * Reads a user from an object. Unknown names are refused, since a mistyped one would be ignored, and so are
 * repeated ones: of two subjects, only the last would count.
 *
 * @param text what the object was parsed from
 */
export function parseUserObject(
  value: unknown,
  text: string,
  refuse: (problem: string) => Error,
): Partial<User> {
  if (!isObject(value)) throw refuse('must contain a JSON object')
  const unknown = Object.keys(value).filter((key) => !fields.some((field) => field === key))
  if (unknown.length > 0) throw refuse(`has ${unknown.map(unknownMember).join(', and ')}`)
  const [repeated] = nameProblems(text)
  if (repeated !== undefined) throw refuse(repeatedMember(repeated))
  return value as Partial<User>
}

function repeatedMember(problem: string): string {
  return /^[A-Za-z][\w. -]{0,80}: /.test(problem)
    ? `has a mistake in ${problem}`
    : 'has a name that occurs twice in one object'
}

/** What does not look like a name is not repeated: it may be a value whose name is missing. */
function unknownMember(key: string): string {
  const near = nearestName(key, fields)
  const called = /^[A-Za-z][\w -]{0,40}$/.test(key) ? `a member ${key}` : 'a member'
  return near === undefined
    ? `${called} that is unknown; there are ${fields.join(', ')}`
    : `${called} that is unknown; did you mean ${near}?`
}
