import type { AttributeValue } from '../token/index.ts'
import type { Call } from './command.ts'
import type { Problems } from './problems.ts'

/** The claims that --claim gives, by name. */
export function readClaims(call: Call, problems: Problems): ReadonlyMap<string, AttributeValue> {
  const claims = new Map<string, AttributeValue>()
  for (const text of call.values.list('claim')) {
    const [, name, written = ''] = /^([^=\s]{1,128})=(.*)$/s.exec(text) ?? []
    if (name === undefined) {
      problems.add('--claim must be name=value, such as department=Sales')
      continue
    }
    const read = parseClaimValue(written)
    if ('problem' in read) problems.add(`--claim ${name}: ${read.problem}`)
    else if (claims.has(name))
      problems.add(`--claim ${name} is given twice; a list is --claim '${name}=["a","b"]'`)
    else claims.set(name, read.value)
  }
  return claims
}

/**
 * Reads a value as JSON: `3` is a number, `true` a truth value, `["a","b"]` a list, `"007"` a text.
 * Anything that is not JSON is a string as it is, except what begins like a list, an object or a
 * quoted text: there a shell has taken the quotes away, or something was mistyped.
 */
export function parseClaimValue(
  written: string,
): { readonly value: AttributeValue } | { readonly problem: string } {
  const value = parseJson(written)
  if (value === undefined) {
    const opening = /^\s*([["{])/.exec(written)?.[1]
    if (opening === undefined) return { value: written }
    return {
      problem: `the value begins with ${opening} and is not JSON; put the whole option in single quotes, as in 'roles=["a","b"]', and a text that begins so in double quotes too`,
    }
  }
  const one = Array.isArray(value) ? value : [value]
  const problems = one.flatMap((item) => problemOf(item, Array.isArray(value)))
  const [problem] = problems
  return problem === undefined ? { value: value as AttributeValue } : { problem }
}

function problemOf(value: unknown, inList: boolean): string[] {
  if (typeof value === 'string' || typeof value === 'boolean') return []
  if (typeof value === 'number') {
    const isKept = Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value)
    return isKept ? [] : ['a number this long loses digits; write it as a text, in double quotes']
  }
  if (inList) return ['a list may hold texts, numbers, true and false only']
  return value === null
    ? ['null is not a value; omit the claim, or write "null" for the string']
    : ['an object is not a value; give each of its members its own claim']
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // JSON.parse would repeat the value.
    return undefined
  }
}

/** Whether it holds other than texts, which no example of Qlik's does. */
export function isTextual(value: unknown): boolean {
  return [value].flat().every((one) => typeof one === 'string')
}
