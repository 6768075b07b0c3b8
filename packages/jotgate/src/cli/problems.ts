import { optionOf, settingsTable } from '../config/index.ts'
import { isJotgateError, type JotgateError } from '../errors/index.ts'
import type { Problem, Reading } from '../values/index.ts'
import type { Call } from './command.ts'
import { hintOf } from './hints.ts'

/** What is wrong with a command line, gathered so that all of it is told at once. */
export interface Problems {
  /** Whether anything was found yet. */
  readonly found: boolean
  /** Keeps a problem of the command line itself. */
  add(...problems: readonly string[]): void
  /** Keeps an error that says all by itself. */
  addError(...errors: readonly JotgateError[]): void
  /** Takes the value of a reading, or keeps all of its problems as errors. */
  take<Value, Of extends Problem>(
    reading: Reading<Value, Of>,
    toError: (problem: Of) => JotgateError,
  ): Value | undefined
  /** Tries a reading; a JotgateError is kept, and any other error thrown. */
  attempt<Value>(read: () => Value | Promise<Value>): Promise<Value | undefined>
  /**
   * The same for a part that only the configuration file can say: each problem is told with its place, and options of
   * the command by the names that they have in the file.
   */
  within(place: string): Problems
  /** Whether only the file can say what is missing. */
  readonly isOfFile: boolean
  /** Throws what was found: a single error as it is, several as one ERR_CLI_USAGE. */
  tell(): void
}

export function gatherProblems(call: Pick<Call, 'refuse'>): Problems {
  return gatherInto({ errors: [], lines: [], saidHints: new Set() }, call, undefined)
}

interface Found {
  readonly errors: Error[]
  readonly lines: string[]
  readonly saidHints: Set<string>
}

function gatherInto(found: Found, call: Pick<Call, 'refuse'>, place: string | undefined): Problems {
  const { errors, lines, saidHints } = found
  const add = (...problems: readonly string[]) => {
    for (const problem of problems) {
      const line = place === undefined ? problem : `${place}: ${inFile(problem)}`
      errors.push(call.refuse(line))
      lines.push(line)
    }
  }
  const addError = (error: JotgateError) => {
    const hint = hintOf(error)
    // Three faults of one user have one next step.
    const told = inLines(error, saidHints.has(hint) ? undefined : hint)
    saidHints.add(hint)
    if (place !== undefined) return add(...told)
    errors.push(error)
    lines.push(...told)
  }
  return {
    isOfFile: place !== undefined,
    get found() {
      return lines.length > 0
    },
    add,
    addError(...errors) {
      for (const error of errors) addError(error)
    },
    take({ value, problems = [] }, toError) {
      for (const problem of problems) addError(toError(problem))
      return value
    },
    async attempt(read) {
      try {
        return await read()
      } catch (error) {
        if (!isJotgateError(error)) throw error
        addError(error)
        return undefined
      }
    },
    within: (inner) => gatherInto(found, call, place === undefined ? inner : `${place}.${inner}`),
    tell() {
      const [only] = errors
      if (only !== undefined && errors.length === 1) throw only
      if (lines.length > 0) throw call.refuse(...lines)
    },
  }
}

/** `signing.kid` for `--kid`, and `signing.key.file` for `--key FILE`; no variable of the environment. */
const inFile = (line: string) =>
  line
    .replace(/ \(JOTGATE_\w+, or \S+ in the file\)/g, '')
    .replace(/(--[a-z][a-z-]*)(?: [A-Z]+\b)?/g, (all, option) => {
      const isMeant = ({ flag = '' }) => optionOf(flag) === option
      return settingsTable.find(isMeant)?.place ?? all
    })

/** The problems of a list are reported one by one; of another error the next step is added, or it would be lost. */
function inLines(error: JotgateError, hint: string | undefined): readonly string[] {
  if (isJotgateError(error, 'ERR_CLI_USAGE')) return error.details.problems
  if (isJotgateError(error, 'ERR_CONFIG_MISSING'))
    return error.details.missing.map((one) => `missing: ${one}`)
  const told = error.message.replaceAll('\n', '\n  ')
  return [hint === undefined ? told : `${told}. ${hint}`]
}
