const space = /[ \t\n\r]*/y
const token =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a JSON text must not hold them
  /[{}[\],:]|"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | 'comma or end' | 'end'

/**
 * Finds where a text stops being JSON, as a position from 0; undefined for JSON. `JSON.parse` tells
 * the position of some faults only, and the line is what a person looks for (RFC 8259 §2).
 */
export function findJsonFault(text: string): number | undefined {
  const open: ('{' | '[')[] = []
  let expected: Expected = 'value'
  let position = 0
  const skip = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = position
    const found = pattern.exec(text)?.[0]
    position += found?.length ?? 0
    return found
  }
  const afterValue = (): Expected => (open.length === 0 ? 'end' : 'comma or end')
  for (;;) {
    skip(space)
    if (position >= text.length) return expected === 'end' ? undefined : text.length
    const at = position
    const found = skip(token)
    if (found === undefined) return at
    const isValuePlace: boolean = expected === 'value' || expected === 'value or ]'
    const isKeyPlace: boolean = expected === 'key' || expected === 'key or }'
    const innermost = open.at(-1)
    if (isValuePlace && found === '{') {
      open.push('{')
      expected = 'key or }'
    } else if (isValuePlace && found === '[') {
      open.push('[')
      expected = 'value or ]'
    } else if (isValuePlace && /^["\-\dtfn]/.test(found)) expected = afterValue()
    else if (isKeyPlace && found.startsWith('"')) expected = ':'
    else if (expected === ':' && found === ':') expected = 'value'
    else if (expected === 'comma or end' && found === ',') {
      expected = innermost === '{' ? 'key' : 'value'
    } else if (
      (found === '}' && innermost === '{' && /^(key or|comma)/.test(expected)) ||
      (found === ']' && innermost === '[' && /^(value or|comma)/.test(expected))
    ) {
      open.pop()
      expected = afterValue()
    } else return at
  }
}
