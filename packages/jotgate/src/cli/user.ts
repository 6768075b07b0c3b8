import { type DeploymentOptions, duplicateNames, forProduct, nearestName } from '../config/index.ts'
import type { User } from '../token/index.ts'
import { isTextual, readClaims } from './claim-values.ts'
import type { Call, OptionSpec } from './command.ts'
import type { Problems } from './problems.ts'
import { parseJsonInput, readInput } from './read-input.ts'
import type { FoundTarget, Target } from './target.ts'

/** Who the token speaks of. */
export const userOptions: readonly OptionSpec[] = [
  { flags: '--subject <text>', description: 'who it is, for ever the same (Cloud)' },
  { flags: '--user-id <text>', description: 'the user ID (client-managed)' },
  { flags: '--name <text>', description: 'the name that Qlik shows' },
  { flags: '--email <text>', description: 'the e-mail address' },
  {
    flags: '--email-verified <bool>',
    description: 'whether the address is proved to be theirs (Cloud)',
    choices: ['true', 'false'],
    otherwise: 'false',
  },
  { flags: '--group <name>', description: 'a group', repeatable: true },
  {
    flags: '--claim <name=value>',
    description:
      'a claim of your own: level=3, ok=true, roles=["a","b"], or a text (client-managed)',
    repeatable: true,
  },
  {
    flags: '--user-json <file>',
    description: 'all of these as a JSON object; - is stdin; options count more',
  },
]

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

/** Puts the user together that the options and the JSON describe. */
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

/** What the product needs and what it cannot take, by the names of the options. */
export async function checkGivenUser(
  { user, isRead }: GivenUser,
  target: FoundTarget,
  problems: Problems,
): Promise<void> {
  const { options } = target
  if (options === undefined) return
  const missing = new Map(
    Object.entries(neededFields(options)).filter(
      ([field]) => user[field as keyof User] === undefined,
    ),
  )
  if (isRead) problems.add(...missing.values())
  const { cloudUserProblems } = await import('../token/user.ts')
  const { clientManagedUserProblems } = await import('../token/client-managed-user.ts')
  const found = forProduct(options, {
    cloud: () => cloudUserProblems(user as User),
    clientManaged: (names) => clientManagedUserProblems(names, user as User),
  })
  problems.addError(
    ...found.filter(({ details }) => !missing.has((details as { field: string }).field)),
  )
}

function neededFields(options: DeploymentOptions): Readonly<Record<string, string>> {
  return forProduct<Readonly<Record<string, string>>>(options, {
    cloud: () => ({
      subject: '--subject is missing: Qlik finds its user by it, so it is never made up',
      name: '--name is missing: Qlik Cloud asks for it',
      email: '--email is missing: Qlik Cloud asks for it',
    }),
    clientManaged: () => ({ subject: '--user-id is missing' }),
  })
}

/** Notes each attribute of a user that no claim holds; once, however many users have it. */
export function createUnsentNote(
  call: Call,
  { options }: Target,
): (user: Partial<User>, meantColumns?: Readonly<Record<string, string>>) => void {
  const { sent, why } = forProduct(options, {
    cloud: () => ({ sent: {}, why: 'Qlik Cloud reads no claims of your own' }),
    clientManaged: ({ claims }) => ({
      sent: claims.attributes ?? {},
      why: 'claims.attributes in the configuration file names no claim for it',
    }),
  })
  const told = new Set<string>()
  return ({ attributes }, meantColumns = {}) => {
    if (typeof attributes !== 'object' || attributes === null) return
    for (const name of Object.keys(attributes)) {
      if (Object.hasOwn(sent, name) || told.has(name)) continue
      told.add(name)
      const meant = Object.hasOwn(meantColumns, name) ? meantColumns[name] : undefined
      const hint = meant === undefined ? '' : `; did you mean the column ${meant}?`
      call.note(`note: the attribute ${printable(name)} is not sent: ${why}${hint}`)
    }
  }
}

/** Says once, of however many users, that an address counts as not verified where nothing is said of it. */
export function createUnverifiedNote(
  call: Call,
  { options }: Target,
): (user: Partial<User>) => void {
  let isTold = forProduct(options, { cloud: () => false, clientManaged: () => true })
  return ({ emailVerified }) => {
    if (isTold || emailVerified !== undefined) return
    isTold = true
    call.note('note: without emailVerified, an e-mail address counts as not verified')
  }
}

/** A name from a file must not reach the terminal as anything but text. */
const printable = (name: string) => name.slice(0, 128).replaceAll(/\p{C}/gu, '?')

/** What is right, and may still not be what was meant. */
export function noteOfUser(
  call: Call,
  { options }: Target,
  { emailVerified, attributes = {} }: User,
): void {
  forProduct(options, {
    cloud: () => {
      if (emailVerified === undefined)
        call.note(
          'note: the e-mail address counts as not verified; --email-verified true says otherwise',
        )
    },
    clientManaged: () => {
      const others = Object.keys(attributes).filter((name) => !isTextual(attributes[name]))
      if (others.length > 0)
        call.note(
          `note: other than text goes into ${others.join(', ')}; Qlik’s examples have texts alone, so try it in a security rule`,
        )
    },
  })
}

async function readUserJson(call: Call, file: string): Promise<Partial<User>> {
  const text = await readInput(call, '--user-json', file)
  const value = parseJsonInput(text, file === '-' ? 'The standard input' : file)
  return parseUserObject(value, text, (problem) => call.refuse(`--user-json ${problem}`))
}

/**
 * Takes an object for a user; unknown names are refused, since a mistyped one would be lost, and so are
 * doubled ones: of two subjects only the last would count.
 *
 * @param text what the object was parsed from
 */
export function parseUserObject(
  value: unknown,
  text: string,
  refuse: (problem: string) => Error,
): Partial<User> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse('must hold a JSON object')
  const unknown = Object.keys(value).filter((key) => !fields.some((field) => field === key))
  if (unknown.length > 0) throw refuse(`has ${unknown.map(unknownMember).join(', and ')}`)
  const [doubled] = duplicateNames(text)
  if (doubled !== undefined) throw refuse(doubledMember(doubled))
  return value as Partial<User>
}

function doubledMember(problem: string): string {
  return /^[A-Za-z][\w. -]{0,80}: /.test(problem)
    ? `has a mistake in ${problem}`
    : 'has a name that stands twice in one object'
}

/** What does not look like a name is not shown: it may be a value that lost its name. */
function unknownMember(key: string): string {
  const near = nearestName(key, fields)
  const called = /^[A-Za-z][\w -]{0,40}$/.test(key) ? `a member ${key}` : 'a member'
  return near === undefined
    ? `${called} that is unknown; there are ${fields.join(', ')}`
    : `${called} that is unknown; did you mean ${near}?`
}

function definedOf(
  values: {
    [Field in keyof User]?: User[Field] | undefined
  },
): Partial<User> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}
