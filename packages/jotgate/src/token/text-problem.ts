/**
 * Says what is wrong with a value that has to be plain text, or nothing when it is fine.
 *
 * Control characters and lone surrogates have no place in a name: logs and Qlik's own pages would
 * show something other than what was signed, and a lone surrogate has no UTF-8 form at all.
 */
export function textProblem(value: unknown, maxLength: number): string | undefined {
  if (typeof value !== 'string') return `must be a string, not ${kindOf(value)}`
  if (value.trim() === '') return 'is empty'
  if (value.length > maxLength) return `is longer than ${maxLength} characters`
  if (!value.isWellFormed()) return 'holds half of a surrogate pair'
  if (/\p{Cc}/u.test(value)) return 'holds a control character'
  return undefined
}

/** Names the kind of a value without telling the value. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (value === undefined) return 'left out'
  return Array.isArray(value) ? 'an array' : `of type ${typeof value}`
}
