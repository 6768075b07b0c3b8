import type { IncomingMessage } from 'node:http'
import type { RequestContext } from '../repository/rules/system-rule.ts'
import type { UserName } from '../repository/users.ts'

/** Longer ones say nobody. */
const headerLimit = 8000
const nameLimit = 255

/** `name=value; name=value`, as Qlik’s own headers are written. */
function readPairs(header: string): readonly (readonly [string, string])[] {
  return header
    .slice(0, headerLimit)
    .split(';')
    .flatMap((part) => {
      const at = part.indexOf('=')
      return at === -1 ? [] : [[part.slice(0, at).trim(), part.slice(at + 1).trim()] as const]
    })
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const headerOf = ({ headers }: IncomingMessage, name: string): string | undefined => {
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}

/**
 * Whom `X-Qlik-User: UserDirectory=ACME; UserId=ada` names; both may be URL-encoded, as Qlik’s own examples do.
 *
 * @returns undefined where it names nobody
 */
export function readUserHeader(request: IncomingMessage): UserName | undefined {
  const pairs = readPairs(headerOf(request, 'x-qlik-user') ?? '')
  const namedBy = (wanted: string) =>
    decode(pairs.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? '')
  const user = { directory: namedBy('userdirectory'), id: namedBy('userid') }
  const isName = (text: string) => text !== '' && text.length <= nameLimit
  return isName(user.directory) && isName(user.id) ? user : undefined
}

/** What `X-Qlik-Security: Context=ManagementAccess; Group=sales` says: the context, and attributes. */
export function readSecurityHeader(request: IncomingMessage): {
  readonly context: RequestContext | undefined
  readonly environment: Readonly<Record<string, readonly string[]>>
} {
  const environment = new Map<string, string[]>()
  let context: RequestContext | undefined
  for (const [name, value] of readPairs(headerOf(request, 'x-qlik-security') ?? '')) {
    const key = name.toLowerCase()
    if (key !== 'context') environment.set(key, [...(environment.get(key) ?? []), value])
    else if (value === 'ManagementAccess') context = 'qmc'
    else if (value === 'AppAccess') context = 'hub'
  }
  return { context, environment: Object.fromEntries(environment) }
}
