import { checkRestHeader } from '../../qlik/index.ts'
import type { Call, OptionSpec } from '../command.ts'

export const headerOption: OptionSpec = {
  flags: '-H, --header <name=value>',
  description: "one more header field, also as 'Name: value'",
  repeatable: true,
}

/** Reads --header; every field that cannot go is named with its reason, and no value is shown. */
export async function readHeaders(call: Call): Promise<Record<string, string>> {
  const headers = new Map<string, string>()
  const problems: string[] = []
  for (const [at, text] of call.values.list('header').entries()) {
    const [, name, value = ''] = /^([^:=]*?)[ \t]*[:=][ \t]*(.*?)[ \t]*$/s.exec(text) ?? []
    if (name === undefined) {
      problems.push(`--header ${at + 1} must be name=value or 'Name: value'`)
      continue
    }
    const lower = name.toLowerCase()
    const problem = problemOf(lower, headers) ?? checkRestHeader(name, value)
    if (problem === undefined) headers.set(lower, value)
    // A name with odd characters is not repeated: it may be a value that lost its name.
    else problems.push(`--header ${/^[\w-]{1,64}$/.test(name) ? name : at + 1} ${problem}`)
  }
  if (problems.length > 0) throw call.refuse(...problems)
  return Object.fromEntries(headers)
}

function problemOf(name: string, headers: ReadonlyMap<string, string>): string | undefined {
  if (name === 'content-type') return 'has an option of its own: --content-type'
  return headers.has(name)
    ? 'is given twice; one field may hold several values, with commas'
    : undefined
}
