import { kindOf } from './kind-of.ts'
import { found, type Reading, refused } from './reading.ts'

/**
 * Says what is wrong with a value that must be plain text, or nothing when it is fine.
 *
 * Control characters and lone surrogates have no place in a name: logs and Qlik's own pages would
 * show something other than what was signed, and a lone surrogate has no UTF-8 form at all.
 */
export function stringProblem(value: unknown, maxLength: number): string | undefined {
  if (value === undefined) return 'is missing'
  if (typeof value !== 'string') return `must be a string, not ${kindOf(value)}`
  if (value.trim() === '') return 'is empty'
  if (value.length > maxLength) return `is longer than ${maxLength} characters`
  if (!value.isWellFormed()) return 'contains half of a surrogate pair'
  if (/\p{Cc}/u.test(value)) return 'contains a control character'
  return undefined
}

/** Reads plain text of 1 to `maxLength` UTF-16 code units. */
export function readString(option: string, value: unknown, maxLength: number): Reading<string> {
  const problem = stringProblem(value, maxLength)
  return problem === undefined ? found(value as string) : refused(option, problem)
}

/**
 * Removes characters from the end of a string.
 *
 * SECURITY: not by a regular expression such as `/=+$/`. It starts again at each of these characters when
 * another one follows: 64 KiB of a token's text kept its reader busy for a minute.
 */
export function trimEndOf(text: string, characters: string): string {
  let end = text.length
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}

/** `a, b and c`. */
export function joinWords(words: readonly string[], conjunction: 'and' | 'or' = 'and'): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} ${conjunction} ${last}`
}

/** The names in backticks, joined: `` `a`, `b` and `c` ``. */
export function listNames(names: readonly string[], conjunction: 'and' | 'or' = 'and'): string {
  return joinWords(
    names.map((name) => `\`${name}\``),
    conjunction,
  )
}
