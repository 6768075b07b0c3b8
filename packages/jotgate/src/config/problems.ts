import type * as z from 'zod'
import { productNames } from '../values/index.ts'
import { keysAt } from './json-schema.ts'
import { nearestName } from './nearest-name.ts'

/** Describes each problem of a configuration in a line: its place, and what is wrong there. */
export function problemsOf(error: z.ZodError, value: unknown): string[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') return unknownKeys(issue.keys, issue.path, value)
    const isMissing = issue.code === 'invalid_type' && !isThere(value, issue.path)
    return [`${placeOf(issue.path)}: ${isMissing ? 'is missing' : inWords(issue)}`]
  })
}

/** A file may have thousands of them, so what is the same for all is looked up once. */
function unknownKeys(
  keys: readonly string[],
  path: readonly PropertyKey[],
  value: unknown,
): string[] {
  const known = keysAt(path, value)
  const nested = new Map(
    known.flatMap((outer) =>
      keysAt([...path, outer], value).map((inner) => [inner, `${outer}.${inner}`] as const),
    ),
  )
  return keys.map((key) => {
    const meant = nestedName(key, known, nested) ?? nearestName(key, known)
    const told =
      meant === undefined ? `; the keys are ${known.join(', ')}` : `; did you mean ${meant}?`
    return `${placeOf([...path, key])}: is unknown here${told}`
  })
}

/** `signing.issuer` for an `issuer` that stands beside `signing`, rightly spelt or not. */
function nestedName(
  key: string,
  known: readonly string[],
  nested: ReadonlyMap<string, string>,
): string | undefined {
  const exact = nested.get(key)
  if (exact !== undefined || nearestName(key, known) !== undefined) return exact
  const near = nearestName(key, [...nested.keys()])
  return near === undefined ? undefined : nested.get(near)
}

function isThere(value: unknown, path: readonly PropertyKey[]): boolean {
  let inside = value
  for (const step of path) {
    if (typeof inside !== 'object' || inside === null || !Object.hasOwn(inside, step)) return false
    inside = (inside as Record<PropertyKey, unknown>)[step]
  }
  return true
}

function placeOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'the file' : path.map(String).join('.')
}

function inWords(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be of type ${issue.expected === 'record' ? 'object' : issue.expected}`
    case 'invalid_union':
      return `must have a product: ${productNames.map((name) => `"${name}"`).join(' or ')}`
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`
    case 'invalid_key':
      return issue.issues.map(({ message }) => message).join('; ')
    default:
      return issue.message
  }
}
