import { Command, CommanderError, Option } from 'commander'
import { nearestName } from '../config/index.ts'
import { type CommandSpec, longOf, type OptionSpec } from './command.ts'
import { cliErrors } from './errors.ts'
import { createLayout } from './layout.ts'
import type { Line } from './read-plain-line.ts'

/** How wide help is, on every terminal: what was tested is what is seen, and 80 columns have room for it. */
export const helpWidth = 80

/** Makes the command that commander parses and shows. */
function toCommander(spec: CommandSpec): Command {
  const command = new Command(`jotgate ${spec.name}`)
    .description(spec.description)
    .helpOption('-h, --help', 'show this help')
    .configureHelp({ helpWidth, showGlobalOptions: false })
    .configureOutput({ getOutHelpWidth: () => helpWidth, writeErr: () => undefined })
    .addHelpText('after', helpAfter(spec))
    .exitOverride()
  for (const { name, description, optional } of spec.operands ?? [])
    command.argument(optional ? `[${name}]` : `<${name}>`, description)
  for (const option of spec.options) command.addOption(toOption(option))
  return command
}

function toOption(spec: OptionSpec): Option {
  const choices = spec.choices === undefined ? '' : ` (${spec.choices.join(', ')})`
  const repeatable = spec.repeatable === true ? '; repeatable' : ''
  const otherwise = spec.otherwise === undefined ? '' : ` (default: ${spec.otherwise})`
  const option = new Option(spec.flags, `${spec.description}${repeatable}${choices}${otherwise}`)
  // Every text is kept, so that an option that was given twice is seen.
  if (/[<[]/.test(spec.flags))
    option.argParser((text: string, before: string[] | undefined) => [...(before ?? []), text])
  return option
}

function helpAfter({ examples, notes, foreign }: CommandSpec): string {
  const environment = foreign
    ? ''
    : '\nEach option may come from the environment too: --user-id from JOTGATE_USER_ID.'
  return [
    '',
    'Examples:',
    ...examples.map(exampleInLines),
    ...(notes === undefined ? [] : ['', wrap(inParagraphs(notes))]),
    environment,
  ].join('\n')
}

const { wrap } = createLayout({ colour: false, columns: helpWidth })

/** A line ends where a sentence does: other breaks are those of the source. */
function inParagraphs(notes: string): string {
  return notes.replace(/(?<!\.)\n(?=\S)/g, ' ')
}

/** Breaks long commands before an option, a pipe or `&&`, so that a shell reads them as one. */
function exampleInLines(example: string): string {
  const commands = example.replaceAll(/ \\\n */g, ' ').split('\n  $ ')
  return commands.map((command) => inLines(`  $ ${command}`)).join('\n')
}

function inLines(command: string): string {
  const lines: string[] = []
  let line = ''
  for (const part of command.split(/ (?=--?[A-Za-z]|\||&&)/)) {
    if (line !== '' && `${line} ${part} \\`.length > helpWidth) {
      lines.push(`${line} \\`)
      line = `      ${part}`
    } else line = line === '' ? part : `${line} ${part}`
  }
  return [...lines, line].join('\n')
}

/** The whole help of a command, examples included. */
export function helpOf(spec: CommandSpec): string {
  let text = ''
  const command = toCommander(spec)
  command.configureOutput({
    writeOut: (part) => {
      text += part
    },
  })
  command.outputHelp()
  return text
}

/**
 * Reads any command line.
 *
 * @throws ERR_CLI_USAGE with everything that is wrong with its form
 */
export function readByCommander(spec: CommandSpec, args: readonly string[]): Line {
  const { command, operands, unknown, lacking } = parse(spec, args)
  const problems = [
    ...unknownOptions(spec, unknown),
    ...(lacking === undefined ? [] : [`${lacking} needs a value`]),
  ]
  if (problems.length === 0) problems.push(...operandProblems(spec, operands))
  if (problems.length > 0)
    throw cliErrors.ERR_CLI_USAGE({ command: `jotgate ${spec.name}`, problems })
  return { given: (name) => command.getOptionValue(name), operands }
}

interface Parsed {
  readonly command: Command
  readonly operands: readonly string[]
  /** The first unknown option, and whatever stands behind it but the options that are known. */
  readonly unknown: readonly string[]
  /** The option that should have a value. */
  readonly lacking?: string | undefined
}

function parse(spec: CommandSpec, args: readonly string[]): Parsed {
  const command = toCommander(spec)
  try {
    return { command, ...command.parseOptions([...args]) }
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    // Commander gives up at a missing value, which only the last word of a line can lack.
    return { ...parse(spec, args.slice(0, -1)), lacking: args.at(-1) }
  }
}

/** Only names are repeated: what stands behind an unknown option may be a key or a token. */
function unknownOptions(spec: CommandSpec, words: readonly string[]): string[] {
  const [first] = words
  if (first === undefined) return []
  const named = words.flatMap((word) => {
    const [, name, value] = /^(--[A-Za-z][A-Za-z-]{0,40})(=|$)/.exec(word) ?? []
    return name === undefined ? [] : [unknownOption(spec, name, value === '=')]
  })
  if (named.length > 0) return named
  const [short] = /^-[A-Za-z]/.exec(first) ?? []
  return [short === undefined ? 'an unknown option was given' : unknownOption(spec, short, false)]
}

function unknownOption({ options }: CommandSpec, typed: string, hasValue: boolean): string {
  const known = options.map(({ flags }) => `--${longOf(flags)}`)
  if (hasValue && known.includes(typed)) return `${typed} takes no value`
  const near = nearestName(typed, known)
  return `${typed} is unknown${near === undefined ? '' : `; did you mean ${near}?`}`
}

function operandProblems({ operands = [] }: CommandSpec, words: readonly string[]): string[] {
  if (words.length > operands.length)
    return ['there are more arguments than the command takes; put a text with spaces in quotes']
  return operands
    .slice(words.length)
    .filter(({ optional }) => !optional)
    .map(({ name }) => `${name} is missing`)
}
