import { isObject } from '../../http/read-body.ts'
import type { ProxySession } from '../proxy/sessions.ts'
import type { UserName } from '../repository/users.ts'

/** Names of attributes with their values, in their order. */
export type Attributes = ReadonlyMap<string, readonly string[]>

const limits = { name: 255, sessionId: 200, attributes: 200, value: 1000 } as const

/** What QPS is asked to open a session or give a ticket for. */
export interface LoginBody {
  readonly user: UserName
  readonly attributes: Attributes
  readonly sessionId: string | undefined
}

const isText = (value: unknown, limit: number): value is string =>
  typeof value === 'string' && value !== '' && value.length <= limit

/** `[{"Group":"sales"},{"Group":"finance"}]`: names may come again, values may be empty. */
function readAttributes(value: unknown): Attributes | undefined {
  if (value === undefined || value === null) return new Map()
  if (!Array.isArray(value) || value.length > limits.attributes) return undefined
  const attributes = new Map<string, string[]>()
  for (const one of value as readonly unknown[]) {
    if (!isObject(one)) return undefined
    for (const [name, text] of Object.entries(one)) {
      if (!isText(name, limits.name) || typeof text !== 'string') return undefined
      if (text.length > limits.value) return undefined
      attributes.set(name, [...(attributes.get(name) ?? []), text])
    }
  }
  return attributes
}

/**
 * Reads the body of a session or ticket; its keys are taken in any case, as Qlik’s clients write them in several.
 *
 * @returns undefined where something is missing or wrong
 */
export function readLoginBody(value: unknown): LoginBody | undefined {
  if (!isObject(value)) return undefined
  const keys = new Map(Object.entries(value).map(([name, one]) => [name.toLowerCase(), one]))
  const directory = keys.get('userdirectory')
  const id = keys.get('userid')
  const sessionId = keys.get('sessionid')
  const attributes = readAttributes(keys.get('attributes'))
  if (!isText(directory, limits.name) || !isText(id, limits.name)) return undefined
  if (attributes === undefined) return undefined
  if (sessionId !== undefined && !isSessionId(sessionId)) return undefined
  return { user: { directory: directory.toUpperCase(), id }, attributes, sessionId }
}

/** It becomes the value of a cookie. */
function isSessionId(value: unknown): value is string {
  return isText(value, limits.sessionId) && /^[\w.~-]+$/.test(value)
}

const toList = (attributes: Attributes) =>
  [...attributes].flatMap(([name, values]) => values.map((value) => ({ [name]: value })))

/** A user and attributes as QPS answers them. */
export function renderUser({ directory, id }: UserName, attributes: Attributes) {
  return { UserDirectory: directory, UserId: id, Attributes: toList(attributes) }
}

/** A session as QPS answers it. */
export function renderSession({ user, attributes, id }: ProxySession) {
  return { ...renderUser(user, attributes), SessionId: id }
}
