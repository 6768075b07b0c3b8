import { parseArgs } from 'node:util'
import { Command, CommanderError, Option } from 'commander'
import { nearestName } from '../config/nearest-name.ts'
import { type CommandSpec, longOf, type OptionSpec } from './command.ts'
import { cliErrors } from './errors.ts'
import { configureHelp } from './help.ts'
import type { Line } from './read-plain-line.ts'

/** Makes the command that commander parses and shows. */
function toCommander(spec: CommandSpec): Command {
  const command = new Command(`jotgate ${spec.name}`)
    .description(spec.description)
    .helpOption('-h, --help', 'show this help')
    .allowExcessArguments(false)
    .exitOverride()
  for (const { name, description, optional } of spec.operands ?? [])
    command.argument(optional ? `[${name}]` : `<${name}>`, description)
  for (const option of spec.options) command.addOption(toOption(option))
  return configureHelp(command, spec)
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
 * @throws ERR_CLI_USAGE with what is wrong with its form
 */
export function readByCommander(spec: CommandSpec, args: readonly string[]): Line {
  const command = toCommander(spec)
  try {
    command.configureOutput({ writeErr: () => undefined, writeOut: () => undefined })
    command.parse([...args], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    const unknown = unknownOptions(spec, args)
    const problems = unknown.length > 0 ? unknown : [problemOf(error, spec)]
    throw cliErrors.ERR_CLI_USAGE({ command: `jotgate ${spec.name}`, problems })
  }
  return { given: (name) => command.getOptionValue(name), operands: command.args }
}

/** Commander stops at the first of them. */
function unknownOptions(spec: CommandSpec, args: readonly string[]): string[] {
  const known = new Map(spec.options.map(({ flags }) => [longOf(flags), flags]))
  const { tokens } = parseArgs({
    args: [...args],
    // Whatever stands behind one of ours is its value, and no option.
    options: Object.fromEntries(
      [...known].map(([name, flags]) => [
        name,
        { type: flags.includes('<') ? ('string' as const) : ('boolean' as const) },
      ]),
    ),
    strict: false,
    tokens: true,
  })
  return tokens.flatMap((token) => {
    if (token.kind !== 'option' || !/^--[A-Za-z][A-Za-z-]{0,40}$/.test(token.rawName)) return []
    const flags = known.get(token.name)
    if (flags === undefined)
      return token.name === 'help' ? [] : [unknownOption(spec, token.rawName)]
    const isSwitch = !/[<[]/.test(flags)
    return isSwitch && token.value !== undefined ? [`--${token.name} takes no value`] : []
  })
}

function unknownOption({ options }: CommandSpec, typed: string): string {
  const near = nearestName(
    typed,
    options.map(({ flags }) => `--${longOf(flags)}`),
  )
  return `${typed} is unknown${near === undefined ? '' : `; did you mean ${near}?`}`
}

/** Commander quotes what was typed; a key or token may be in it, so only names of options are kept. */
function problemOf({ code, message }: CommanderError, spec: CommandSpec): string {
  const option = /option '(?:-\w, )?(--?[A-Za-z][A-Za-z-]{0,40})/.exec(message)?.[1]
  if (code === 'commander.unknownOption')
    return option === undefined ? 'an unknown option was given' : unknownOption(spec, option)
  if (code === 'commander.optionMissingArgument') return `${option} needs a value`
  if (code === 'commander.missingArgument')
    return `${/'([A-Za-z]+)'/.exec(message)?.[1]} is missing`
  if (code === 'commander.excessArguments')
    return 'there is more on the line than the command takes; put texts with blanks in quotes'
  return 'the command line cannot be read'
}
