/** Names the kind of a value without repeating the value: `must be a string, not an array`. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'string' && value.trim() === '') return 'an empty string'
  return kinds[typeof value]
}

const kinds = {
  undefined: 'undefined',
  string: 'a string',
  number: 'a number',
  bigint: 'a bigint',
  boolean: 'a boolean',
  symbol: 'a symbol',
  function: 'a function',
  object: 'an object',
} as const
