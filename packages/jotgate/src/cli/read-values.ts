import { meantName } from '../config/index.ts'
import { looksSecret, ownMember } from '../values/index.ts'
import {
  type CommandSpec,
  isOn,
  longOf,
  nameOfOption,
  type OptionSpec,
  type OptionValues,
  type ValueSource,
  variableOf,
} from './command.ts'
import { cliErrors } from './errors.ts'
import { type Line, readPlainLine } from './read-plain-line.ts'

/** What a command line says, read but not yet acted on. */
export interface Reading {
  readonly values: OptionValues
  readonly operands: readonly string[]
}

interface Found {
  readonly texts: readonly string[]
  readonly source: ValueSource
}

/**
 * Reads the options of a command from its command line, and those that are not there from the
 * environment.
 *
 * @throws ERR_CLI_USAGE with every problem
 */
export async function readValues(
  spec: CommandSpec,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Reading> {
  const line = readPlainLine(spec, args) ?? (await readOtherLine(spec, args))
  const problems: string[] = []
  const found = new Map<string, Found>()
  for (const option of spec.options) {
    const value = readOption(option, spec, line, environment, problems)
    if (value !== undefined) found.set(nameOfOption(option.flags), value)
  }
  if (problems.length > 0)
    throw cliErrors.ERR_CLI_USAGE({ command: `jotgate ${spec.name}`, problems })
  return { values: toValues(found), operands: line.operands }
}

/** Loaded only for lines that are not plain. */
async function readOtherLine(spec: CommandSpec, args: readonly string[]): Promise<Line> {
  const { readByCommander } = await import('./commander-line.ts')
  return readByCommander(spec, args)
}

function readOption(
  option: OptionSpec,
  spec: CommandSpec,
  line: Line,
  environment: Readonly<Record<string, string | undefined>>,
  problems: string[],
): Found | undefined {
  const given = line.given(nameOfOption(option.flags))
  const long = `--${longOf(option.flags)}`
  if (given === undefined) {
    const variable = variableOf(option.flags)
    const text = spec.foreign || option.onlyFlag ? undefined : environment[variable]
    if (text === undefined || text === '') return undefined
    const texts = textsOf(option, variable, text, problems)
    return texts && { texts: checked(option, variable, texts, problems), source: 'environment' }
  }
  if (given === true) return { texts: [''], source: 'flag' }
  const texts = given
  const variadic = option.repeatable === true || option.flags.includes('...')
  if (texts.length > 1 && !variadic && !spec.foreign) {
    problems.push(`${long} is given ${texts.length} times; it takes one value`)
    return undefined
  }
  const swallowed = texts.find((text) => /^--[a-z]/.test(text) && knows(spec, text))
  if (swallowed !== undefined) {
    problems.push(`${long} needs a value, but ${swallowed} follows it`)
    return undefined
  }
  if (texts.includes('') && needsText(option, spec)) {
    problems.push(`${long} is empty`)
    return undefined
  }
  return { texts: checked(option, long, texts, problems), source: 'flag' }
}

/** What belongs there is the name of something, and not the thing itself. */
const takesName = ({ flags }: OptionSpec) => /<(file|dir)>$|-env <name>$/.test(flags)

/** The secret of an OAuth client is 64 such digits. */
const isHex = (text: string) => /^[0-9a-f]{25,}$/i.test(text)

/** Scripts of qs-jwt may give empty values, as they could to qs-jwt, but not as the name of a file. */
function needsText({ flags, mayBeEmpty }: OptionSpec, { foreign }: CommandSpec): boolean {
  return foreign === true ? flags.endsWith('<file>') : mayBeEmpty !== true
}

const knows = (spec: CommandSpec, text: string) =>
  spec.options.some(({ flags }) => `--${longOf(flags)}` === text)

/** A switch is on or off; a repeatable option may hold a JSON list. */
function textsOf(
  option: OptionSpec,
  variable: string,
  text: string,
  problems: string[],
): string[] | undefined {
  if (!/[<[]/.test(option.flags)) {
    const on = isOn(text)
    if (on === undefined) problems.push(`${variable} must be true or false`)
    return on === true ? [''] : undefined
  }
  if (option.repeatable !== true || !text.startsWith('[')) return [text]
  try {
    const list: unknown = JSON.parse(text)
    if (Array.isArray(list) && list.every((item) => typeof item === 'string')) return list
  } catch {
    // What JSON.parse says would quote the text.
  }
  problems.push(`${variable} must be one value or a JSON array of strings`)
  return undefined
}

function checked(
  option: OptionSpec,
  name: string,
  texts: readonly string[],
  problems: string[],
): readonly string[] {
  const isOfFile = /<(file|dir)>$/.test(option.flags)
  if (takesName(option) && texts.some((text) => looksSecret(text) || (!isOfFile && isHex(text))))
    problems.push(
      `${name} must be the name of ${isOfFile ? 'a file or folder' : 'an environment variable'}; its value looks like a token, a key or JSON, which belongs into a file or a variable`,
    )
  else if (takesName(option) && !isOfFile && !texts.every((text) => /^[A-Za-z_]\w*$/.test(text)))
    problems.push(
      `${name} must be the name of an environment variable, of letters, digits and _, and not what the variable holds`,
    )
  const { choices, meant = {} } = option
  const wrong = choices && texts.find((text) => !choices.includes(text))
  if (choices && wrong !== undefined) {
    const known = ownMember(meant, wrong.toLowerCase())
    const near = known === undefined ? meantName(wrong, choices) : `; did you mean ${known}?`
    problems.push(`${name} must be one of ${choices.join(', ')}${near}`)
  }
  return texts
}

function toValues(found: ReadonlyMap<string, Found>): OptionValues {
  return {
    text: (name) => found.get(name)?.texts.at(-1),
    list: (name) => found.get(name)?.texts ?? [],
    isOn: (name) => found.has(name),
    source: (name) => found.get(name)?.source,
  }
}
