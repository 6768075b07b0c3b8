import { type CommandSpec, longOf, nameOfOption } from './command.ts'

/** What stands on a command line: texts by the options' names in camel case, `true` for a switch. */
export interface Line {
  given(name: string): true | readonly string[] | undefined
  readonly operands: readonly string[]
}

/**
 * Reads a command line that is made of nothing but the command's own long options, their values and its
 * operands, as nearly all are: to load a parser for these would take Node longer than to read them.
 *
 * @returns undefined for every other line, right or wrong: commander reads it, and has the words for it
 */
export function readPlainLine(spec: CommandSpec, args: readonly string[]): Line | undefined {
  // Options with one value or several, or with none or one, are commander's.
  if (spec.options.some(({ flags }) => /\[|\.\.\./.test(flags))) return undefined
  const options = new Map(spec.options.map(({ flags }) => [`--${longOf(flags)}`, flags]))
  const found = new Map<string, true | string[]>()
  const operands: string[] = []
  const words = args.values()
  for (const word of words) {
    if (!word.startsWith('-') || word === '-') {
      operands.push(word)
      continue
    }
    const [long, inline] = splitAtSign(word)
    const flags = options.get(long)
    if (flags === undefined) return undefined
    const name = nameOfOption(flags)
    if (!flags.includes('<')) {
      if (inline !== undefined) return undefined
      found.set(name, true)
      continue
    }
    // The next word is the value, whatever it looks like.
    const value = inline ?? words.next().value
    if (value === undefined) return undefined
    const before = found.get(name)
    found.set(name, [...(Array.isArray(before) ? before : []), value])
  }
  const { operands: wanted = [] } = spec
  const needed = wanted.filter(({ optional }) => !optional).length
  if (operands.length < needed || operands.length > wanted.length) return undefined
  return { given: (name) => found.get(name), operands }
}

/** `--group=a=b` is `--group` and `a=b`. */
function splitAtSign(word: string): [string, string | undefined] {
  const at = word.indexOf('=')
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)]
}
