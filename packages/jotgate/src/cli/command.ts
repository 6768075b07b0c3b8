import type { Result } from './result.ts'
import type { Terminal } from './terminal.ts'

/** One option, as it stands in help, in completion and in docs/reference/cli.md. */
export interface OptionSpec {
  /** As commander writes it: `--key <file>`, `--json`, `--groups <names...>`, `--cert-create [bool]`. */
  readonly flags: string
  readonly description: string
  /** The values that it may have. */
  readonly choices?: readonly string[]
  /** Other words that people use for one of them, for "did you mean". */
  readonly meant?: Readonly<Record<string, string>>
  /** May be given more than once. */
  readonly repeatable?: true
  /** An empty text says something here; elsewhere it is a variable of a script that was never set. */
  readonly mayBeEmpty?: true
  /** The environment does not give it. */
  readonly onlyFlag?: true
  /** The environment's text is a secret that must not stand on a command line: as a flag it warns. */
  readonly secret?: true
  /** What holds when it is omitted, in words. */
  readonly otherwise?: string
  /** The products that have it; all when omitted. */
  readonly products?: readonly string[]
  /** What the other product has in its place: a whole clause. */
  readonly elsewhere?: string
}

/** A command: everything that can be said of it without running it, and how it is run. */
export interface CommandSpec {
  /** Its words: `token create`. */
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  /** What help says above the options. */
  readonly description: string
  readonly operands?: readonly {
    readonly name: string
    readonly description: string
    readonly optional?: true
  }[]
  readonly options: readonly OptionSpec[]
  /** At least two, as they are typed. */
  readonly examples: readonly string[]
  /** Words below the examples: the shape of --json. */
  readonly notes?: string
  /** Takes command lines of another program: the last of equal options counts, no environment. */
  readonly foreign?: true
  /** Ends by itself soon after `call.signal` aborts, so that it can clean up; others are not waited for. */
  readonly endsOnSignal?: true
  run(call: Call): Promise<Outcome>
}

/** Where an option's value came from. */
export type ValueSource = 'flag' | 'environment'

/** The values of the options by their names in camel case. */
export interface OptionValues {
  /** The one text of an option. */
  text(name: string): string | undefined
  /** All texts of a repeatable option. */
  list(name: string): readonly string[]
  /** Whether a switch is on. */
  isOn(name: string): boolean
  source(name: string): ValueSource | undefined
}

/** One call of a command. */
export interface Call {
  readonly command: string
  readonly terminal: Terminal
  readonly values: OptionValues
  readonly operands: readonly string[]
  /** For results that are written while they are made; all others are returned. */
  readonly result: Result
  readonly clock: () => number
  /** Aborts when the command is interrupted. */
  readonly signal: AbortSignal
  /** Says something beside the result, on stderr. */
  note(text: string): void
  /** The standard input, for the option that names it; only one may. */
  stdin(option: string): AsyncIterable<Uint8Array | string>
  /** Every command, for the one that completes them. */
  allCommands(): Promise<readonly CommandSpec[]>
  /** An error of wrong use. */
  refuse(...problems: readonly string[]): Error
}

/** What a command has to say on stdout, and how it ends. */
export interface Outcome {
  /** For people and pipes; ends with a line break unless it is empty. */
  readonly text: string
  /** For --json. */
  readonly json?: unknown
  /** 3 when there are findings. Default 0. */
  readonly exitCode?: 0 | 3
  /** What a person does next: said on stderr, behind the result. */
  readonly next?: string
}

/** `--json` and `--out`, which every command with a result takes. */
export const resultOptions: readonly OptionSpec[] = [
  { flags: '--json', description: 'print the result as JSON' },
  {
    flags: '--out <file>',
    description: 'write the result there, whole or not at all, for its owner alone (0600)',
  },
]

/** `--user-id <text>` is `userId`. */
export function nameOfOption(flags: string): string {
  return namesOf(flags).name
}

/** `--user-id <text>` is `user-id`. */
export function longOf(flags: string): string {
  return namesOf(flags).long
}

/** Whether a text in the environment turns a switch on or off; undefined for any other text. */
export function isOn(text: string): boolean | undefined {
  if (/^(1|true|yes|on)$/i.test(text)) return true
  return /^(0|false|no|off)$/i.test(text) ? false : undefined
}

/** `--user-id <text>` is `JOTGATE_USER_ID`. */
export function variableOf(flags: string): string {
  return `JOTGATE_${longOf(flags).toUpperCase().replaceAll('-', '_')}`
}

const known = new Map<string, { readonly long: string; readonly name: string }>()

/** Kept, since every option's names are asked for several times before a command does anything. */
function namesOf(flags: string) {
  const kept = known.get(flags)
  if (kept !== undefined) return kept
  const long = /--([a-z][a-z-]*)/.exec(flags)?.[1] ?? ''
  const name = long.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
  known.set(flags, { long, name })
  return { long, name }
}
