import { withoutEnd } from '../without-end.ts'
import type { Members } from './rule.ts'

/** A member by its own name only: `constructor` and `__proto__` are nobody's claims. */
export function ownValue(members: Members, name: string): unknown {
  return Object.hasOwn(members, name) ? members[name] : undefined
}

/** Those of the names that are there, in the names' order. */
export function presentNames(members: Members, names: readonly string[]): string[] {
  return names.filter((name) => Object.hasOwn(members, name))
}

/** `a`, `b` and `c`. */
export function listNames(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``)
  const last = quoted.pop() ?? ''
  return quoted.length === 0 ? last : `${quoted.join(', ')} and ${last}`
}

/** Names that may be shown, and how many others there are: a finding holds nothing of the token. */
export function listKnown(names: readonly string[], all: number, noun: string): string {
  const others = all - names.length
  if (names.length === 0) return `${others} ${noun}${others === 1 ? '' : 's'}`
  if (others === 0) return listNames(names)
  const quoted = names.map((name) => `\`${name}\``).join(', ')
  return `${quoted} and ${others} other${others === 1 ? '' : 's'}`
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== ''
}

/** RFC 7519 section 2 NumericDate, kept to what a clock can be compared with. */
export function isNumericDate(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER
}

/** A time claim, or nothing when it is missing or no time. */
export function timeOf(members: Members, name: string): number | undefined {
  const value = ownValue(members, name)
  return isNumericDate(value) ? value : undefined
}

/** Names the kind of a value without telling the value. */
export function describeKind(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'string' && value.trim() === '') return 'an empty text'
  const kinds: Record<string, string> = {
    string: 'a text',
    number: 'a number',
    boolean: 'true or false',
    object: 'an object',
  }
  return kinds[typeof value] ?? 'nothing'
}

/** Says how a text differs from the expected one, showing the expected one alone. */
export function describeDifference(value: unknown, expected: string): string {
  if (typeof value !== 'string') return `it is ${describeKind(value)}`
  if (value.trim() === expected) return 'it has blanks around it'
  if (value.toLowerCase() === expected.toLowerCase()) return 'it differs in upper and lower case'
  if (withoutEnd(value, '/') === withoutEnd(expected, '/'))
    return 'it differs by a slash at the end'
  if (value.replace(/^https?:\/\//, '') === expected.replace(/^https?:\/\//, ''))
    return 'it differs by the https:// in front'
  return 'it is another text'
}
