import { forProduct, nearestName } from '../config/index.ts'
import type { User } from '../token/index.ts'
import type { Call, OptionSpec } from './command.ts'
import { parseJsonInput, readInput } from './read-input.ts'
import type { Target } from './target.ts'

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
  { flags: '--group <name>', description: 'a group; repeatable', repeatable: true },
  {
    flags: '--claim <name=value>',
    description:
      'a claim of your own: a text, or a JSON list of texts; repeatable (client-managed)',
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

/** The claims that --claim names, so that the target can be told of them. */
export function claimNamesOf(call: Call): string[] {
  return parseClaims(call).map(([name]) => name)
}

/** Puts the user together that the options and the JSON describe. */
export async function readUser(call: Call, target: Target): Promise<User> {
  const { values } = call
  const file = values.text('userJson')
  const base = file === undefined ? {} : await readUserJson(call, file)
  const verified = values.text('emailVerified')
  const claims = parseClaims(call)
  const subject = forProduct(target.options, {
    cloud: () => values.text('subject'),
    clientManaged: () => values.text('userId') ?? values.text('subject'),
  })
  const user = {
    ...base,
    ...definedOf({
      subject,
      name: values.text('name'),
      email: values.text('email'),
      emailVerified: verified === undefined ? undefined : verified === 'true',
      groups: values.list('group').length > 0 ? values.list('group') : undefined,
    }),
    ...(claims.length > 0
      ? { attributes: { ...base.attributes, ...Object.fromEntries(claims) } }
      : {}),
  }
  checkUser(call, target, user)
  return user as User
}

/** What the product needs and what was left out, all at once and by the names of the options. */
function checkUser(call: Call, target: Target, user: Partial<User>): void {
  const missing = forProduct(target.options, {
    cloud: () => [
      ...(user.subject === undefined
        ? ['--subject is missing: Qlik finds its user by it, so it is never made up']
        : []),
      ...(user.name === undefined ? ['--name is missing: Qlik Cloud asks for it'] : []),
      ...(user.email === undefined ? ['--email is missing: Qlik Cloud asks for it'] : []),
    ],
    clientManaged: () => (user.subject === undefined ? ['--user-id is missing'] : []),
  })
  if (missing.length > 0) throw call.refuse(...missing)
  forProduct(target.options, {
    cloud: () => {
      if (user.emailVerified === undefined)
        call.note(
          'note: the e-mail address counts as not verified; --email-verified true says otherwise',
        )
    },
    clientManaged: () => undefined,
  })
}

async function readUserJson(call: Call, file: string): Promise<Partial<User>> {
  const value = parseJsonInput(
    await readInput(call, '--user-json', file),
    file === '-' ? 'The standard input' : file,
  )
  return parseUserObject(value, (problem) => call.refuse(`--user-json ${problem}`))
}

/** Takes an object for a user; unknown names are refused, since a mistyped one would be lost. */
export function parseUserObject(value: unknown, refuse: (problem: string) => Error): Partial<User> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse('must hold a JSON object')
  for (const key of Object.keys(value)) {
    if (fields.some((field) => field === key)) continue
    const near = nearestName(key, fields)
    throw refuse(
      near === undefined
        ? `has a member that is unknown; there are ${fields.join(', ')}`
        : `has a member that is unknown; did you mean ${near}?`,
    )
  }
  return value as Partial<User>
}

function parseClaims(call: Call): [string, unknown][] {
  return call.values.list('claim').map((text) => {
    const [, name, value = ''] = /^([^=\s]{1,128})=(.*)$/s.exec(text) ?? []
    if (name === undefined)
      throw call.refuse('--claim must be name=value, such as department=Sales')
    return [name, parseClaimValue(call, name, value)]
  })
}

/** A text stands as it is; a list, and a text that looks like one, is JSON. */
function parseClaimValue(call: Call, name: string, value: string): unknown {
  if (!/^\s*[["{]/.test(value)) return value
  try {
    const parsed: unknown = JSON.parse(value)
    if (typeof parsed === 'string' || Array.isArray(parsed)) return parsed
  } catch {
    // JSON.parse would repeat the value.
  }
  throw call.refuse(`--claim ${name}: the value begins like JSON, but is no text or list of texts`)
}

function definedOf(
  values: {
    [Field in keyof User]?: User[Field] | undefined
  },
): Partial<User> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}
