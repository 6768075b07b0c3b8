import { escapeForTerminal, isObject, type JsonObject, kindOf } from '../../values/index.ts'
import type { AuditEvent } from './audit-log.ts'

/** The members of a line in their order. What is not named here cannot be written: no token, cookie or key. */
const fields = {
  event: 'string',
  requestId: 'string',
  site: 'string',
  upstream: 'string',
  session: 'string',
  qlikSession: 'string',
  hostSubject: 'string',
  subject: 'string',
  groups: 'strings',
  address: 'string',
  reason: 'string',
  jti: 'string',
  expiresAt: 'number',
  path: 'string',
  count: 'number',
} as const satisfies Record<keyof AuditEvent, 'string' | 'strings' | 'number'>

const maxLength = 1024
const maxGroupsLength = 16_384

/** No line is longer, in bytes, whatever its strings hold. */
export const maxLineBytes = 262_144

/**
 * Makes the members of a line. Whatever a string holds, it is one line of ASCII, Latin and other printable
 * characters; long strings are cut and tokens removed, which the line tells.
 *
 * @throws TypeError for a field that an event does not have, or of another type
 */
export function toMembers(event: AuditEvent, at: number): string {
  if (!isObject(event))
    throw new TypeError(`An audit event must be an object, not ${kindOf(event)}`)
  for (const name of Object.keys(event))
    if (!Object.hasOwn(fields, name))
      throw new TypeError(`An audit event has no field ${JSON.stringify(name.slice(0, 64))}`)
  if (event.event === undefined) throw new TypeError('An audit event needs the field "event"')
  const members = Object.entries(fields)
    .filter(([name]) => event[name as keyof AuditEvent] !== undefined)
    .map(([name, type]) => [name, read(name, type, event[name as keyof AuditEvent])])
  return encodeMembers(Object.fromEntries(members), at)
}

/** Makes the members of a line that the log writes of its own accord. */
export function encodeMembers(members: JsonObject, at: number): string {
  const json = JSON.stringify({ time: new Date(at).toISOString(), ...members })
  // Line separators, C1 controls and what turns the direction of text: in JSON the escape means the same.
  return escapeForTerminal(json).slice(1, -1)
}

function read(name: string, type: 'string' | 'strings' | 'number', value: unknown): unknown {
  if (type === 'number') {
    if (Number.isFinite(value)) return value
  } else if (type === 'string') {
    if (typeof value === 'string') return toShown(value)
  } else if (Array.isArray(value) && value.every((one) => typeof one === 'string'))
    return cutList(value)
  const wanted = { string: 'a string', strings: 'an array of strings', number: 'a finite number' }
  throw new TypeError(
    `The audit event’s field ${name} must be ${wanted[type]}, not ${kindOf(value)}`,
  )
}

/** SECURITY: somebody may have typed or sent a token where a name belongs, and the log is kept for years. */
function toShown(text: string): string {
  const cut =
    text.length <= maxLength
      ? text
      : `${text.slice(0, maxLength)}… (${text.length - maxLength} more)`
  return cut
    .replaceAll(/eyJ[\w-]{8,}[\w.-]*/g, '[a token]')
    .replaceAll(/-----BEGIN[^-]{0,40}PRIVATE KEY.*/gs, '[a key]')
}

function cutList(texts: readonly string[]): readonly string[] {
  const taken: string[] = []
  let length = 0
  for (const text of texts) {
    const one = toShown(text)
    length += one.length + 1
    if (length > maxGroupsLength) return [...taken, `… (${texts.length - taken.length} more)`]
    taken.push(one)
  }
  return taken
}
