import type * as z from 'zod'
import { keysAt } from './json-schema.ts'
import { nearestName } from './nearest-name.ts'

/** Says each problem of a configuration in a line of its own: its place, and what is wrong there. */
export function problemsOf(error: z.ZodError, value: unknown): string[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => unknownKey(key, issue.path, value))
    return [`${placeOf(issue.path)}: ${inWords(issue)}`]
  })
}

function unknownKey(key: string, path: readonly PropertyKey[], value: unknown): string {
  const known = keysAt(path, value)
  const near = nearestName(key, known)
  const place = placeOf([...path, key])
  return near === undefined
    ? `${place}: is unknown here; there are ${known.join(', ')}`
    : `${place}: is unknown here; did you mean ${near}?`
}

function placeOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'the file' : path.map(String).join('.')
}

function inWords(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined && !issue.message.includes('received')
        ? `is missing, or not of type ${issue.expected}`
        : `must be of type ${issue.expected}`
    case 'invalid_union':
      return 'must have a product: "cloud" or "client-managed"'
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`
    case 'too_small':
      return 'is empty'
    case 'too_big':
      return `is longer than ${issue.maximum} characters`
    case 'invalid_key':
      return issue.issues.map(({ message }) => message).join('; ')
    default:
      return issue.message
  }
}
