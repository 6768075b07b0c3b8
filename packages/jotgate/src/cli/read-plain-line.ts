import { parseArgs } from 'node:util'
import { type CommandSpec, longOf, nameOfOption } from './command.ts'

/** What stands on a command line: texts by the options' names in camel case, `true` for a switch. */
export interface Line {
  given(name: string): true | readonly string[] | undefined
  readonly operands: readonly string[]
}

/**
 * Reads a command line that is made of nothing but the command's own long options, their values and its
 * operands, as nearly all are: that takes Node's own parser a millisecond, and loading commander thirty.
 *
 * @returns undefined for every other line, right or wrong: commander reads it, and has the words for it
 */
export function readPlainLine(spec: CommandSpec, args: readonly string[]): Line | undefined {
  // Options with one value or several, or with none or one, are commander's.
  if (spec.options.some(({ flags }) => /\[|\.\.\./.test(flags))) return undefined
  const names = new Map(spec.options.map(({ flags }) => [longOf(flags), nameOfOption(flags)]))
  const options = Object.fromEntries(
    spec.options.map(({ flags }) => [
      longOf(flags),
      { type: flags.includes('<') ? ('string' as const) : ('boolean' as const) },
    ]),
  )
  const { tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const found = new Map<string, true | string[]>()
  const operands: string[] = []
  for (const token of tokens) {
    if (token.kind === 'option-terminator') return undefined
    if (token.kind === 'positional') {
      operands.push(token.value)
      continue
    }
    const name = token.rawName === `--${token.name}` ? names.get(token.name) : undefined
    const isSwitch = options[token.name]?.type === 'boolean'
    if (name === undefined || isSwitch !== (token.value === undefined)) return undefined
    const before = found.get(name)
    if (token.value === undefined) found.set(name, true)
    else found.set(name, [...(Array.isArray(before) ? before : []), token.value])
  }
  const { operands: wanted = [] } = spec
  const needed = wanted.filter(({ optional }) => !optional).length
  if (operands.length < needed || operands.length > wanted.length) return undefined
  return { given: (name) => found.get(name), operands }
}
