import { nearestName } from '../config/index.ts'
import { type CommandEntry, commands } from './commands.ts'
import { cliErrors } from './errors.ts'

/** What the first words of a command line ask for. */
export type Asked =
  | { readonly kind: 'command'; readonly entry: CommandEntry; readonly rest: readonly string[] }
  | { readonly kind: 'help'; readonly group: string }
  | { readonly kind: 'version' }

const isHelp = (word: string | undefined) => word === '--help' || word === '-h' || word === 'help'

/**
 * Finds the command that a command line names.
 *
 * @throws ERR_CLI_COMMAND with the command that was probably meant, ERR_CLI_USAGE
 */
export function findCommand(args: readonly string[]): Asked {
  const [first, second] = args
  if (first === '--version' || first === '-V') return { kind: 'version' }
  if (first === undefined) return { kind: 'help', group: '' }
  if (isHelp(first)) {
    const named = args.slice(1)
    return named.length === 0 ? { kind: 'help', group: '' } : findCommand([...named, '--help'])
  }
  if (first.startsWith('-')) {
    const problems = ['options stand behind the command, such as `jotgate token create --json`']
    throw cliErrors.ERR_CLI_USAGE({ command: 'jotgate', problems })
  }
  const single = commands.find(({ name }) => name === first)
  const longer = commands.find(({ name }) => name === `${first} ${second}`)
  if (longer !== undefined) return { kind: 'command', entry: longer, rest: args.slice(2) }
  const members = commands.filter(({ name }) => name.startsWith(`${first} `))
  // A word behind a command that has others below it is one of those, mistyped.
  const isMember = members.length > 0 && second !== undefined && !second.startsWith('-')
  if (single !== undefined && !isMember)
    return { kind: 'command', entry: single, rest: args.slice(1) }
  if (members.length === 0) {
    const words = second === undefined || second.startsWith('-') ? [first] : [first, second]
    throw unknown(words, words.join(' '))
  }
  if (second === undefined || isHelp(second)) return { kind: 'help', group: first }
  if (second.startsWith('-')) {
    const names = members.map(({ name }) => name.split(' ')[1]).join(', ')
    throw cliErrors.ERR_CLI_USAGE({
      command: `jotgate ${first}`,
      problems: [`give one of ${names}`],
    })
  }
  throw unknown([first, second], `${first} ${second}`)
}

/** What was typed is repeated only when it looks like a word: a token may stand there. */
function unknown(words: readonly string[], typed: string) {
  const names = commands.map(({ name }) => name)
  const groups = names.map((name) => name.split(' ')[0] ?? name)
  const [first = ''] = words
  const near =
    nearestName(typed, names) ??
    nearestName(first, names) ??
    nearestName(first, groups) ??
    names.find((name) => name.split(' ')[1] === words.at(-1))
  const isWord = words.every((word) => /^[A-Za-z][A-Za-z-]{0,30}$/.test(word))
  return cliErrors.ERR_CLI_COMMAND({
    typed: isWord ? `\`${typed}\`` : 'of that name',
    suggestion: near === undefined ? '' : `; did you mean \`jotgate ${near}\`?`,
  })
}

/** The list of commands, of one group or of all. */
export function listOfCommands(group: string): string {
  const listed = commands.filter(({ name }) => group === '' || name.startsWith(`${group} `))
  const width = Math.max(...listed.map(({ name }) => name.length)) + 2
  const lines = listed.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`)
  return [
    `Usage: jotgate ${group === '' ? '<command>' : `${group} <command>`} [options]`,
    ...(group === ''
      ? ['', 'Tokens, keys and sessions for Qlik, for scripts and for people.']
      : []),
    '',
    'Commands:',
    ...lines,
    '',
    `Each has its own help with examples: jotgate ${listed[0]?.name} --help`,
    'Exit codes: 0 done, 1 failed, 2 wrong use, 3 done with findings,',
    '70 a bug in jotgate, 130 interrupted.',
    '',
  ].join('\n')
}
