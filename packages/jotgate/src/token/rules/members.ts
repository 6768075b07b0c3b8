import { kindOf, listNames, ownMember, trimEndOf } from '../../values/index.ts'
import type { Members } from './rule.ts'

/** Those of the names that are there, in the names' order. */
export function presentNames(members: Members, names: readonly string[]): string[] {
  return names.filter((name) => Object.hasOwn(members, name))
}

/** Names that may be shown, and how many others there are: a finding holds nothing of the token. */
export function listKnown(names: readonly string[], all: number, noun: string): string {
  const others = all - names.length
  if (names.length === 0) return `${others} ${noun}${others === 1 ? '' : 's'}`
  if (others === 0) return listNames(names)
  const quoted = names.map((name) => `\`${name}\``).join(', ')
  return `${quoted} and ${others} other${others === 1 ? '' : 's'}`
}

/** Whether a value is a string with more in it than white space. */
export function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== ''
}

/** RFC 7519 section 2 NumericDate, kept to what a clock can be compared with. */
export function isNumericDate(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER
}

/** A timestamp, or nothing when it is missing or not one. */
export function timeOf(members: Members, name: string): number | undefined {
  const value = ownMember(members, name)
  return isNumericDate(value) ? value : undefined
}

/** Says that a claim is missing, and which names that mean the same to people are there instead. */
export function explainMissing(
  claims: Members,
  name: string,
  lookalikes: readonly string[] = [],
): string | undefined {
  if (Object.hasOwn(claims, name)) return undefined
  const present = presentNames(claims, lookalikes)
  const instead =
    present.length === 0 ? '' : ` There is ${listNames(present)}, which Qlik does not read.`
  return `The payload has no \`${name}\`.${instead}`
}

/** The same for a claim that has to be a string with something in it. */
export function explainNotFilled(
  claims: Members,
  name: string,
  lookalikes: readonly string[] = [],
): string | undefined {
  const value = ownMember(claims, name)
  if (value === undefined) return explainMissing(claims, name, lookalikes)
  if (isFilled(value)) return undefined
  return `\`${name}\` is ${typeof value === 'string' ? 'empty' : 'not a string'}.`
}

/** Says how a string differs from the expected one, showing the expected one alone. */
export function describeDifference(value: unknown, expected: string): string {
  if (typeof value !== 'string') return `it is ${kindOf(value)}`
  if (value.trim() === expected) return 'it has white space around it'
  if (value.toLowerCase() === expected.toLowerCase()) return 'it differs in upper and lower case'
  if (trimEndOf(value, '/') === trimEndOf(expected, '/')) return 'it differs by a slash at the end'
  if (value.replace(/^https?:\/\//, '') === expected.replace(/^https?:\/\//, ''))
    return 'it differs by the https:// in front'
  return 'it is a different string'
}
