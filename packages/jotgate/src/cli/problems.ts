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
  /** Throws what was found: a single error as it is, several as one ERR_CLI_USAGE. */
  tell(): void
}

export function gatherProblems(call: Pick<Call, 'refuse'>): Problems {
  const errors: Error[] = []
  const lines: string[] = []
  const saidHints = new Set<string>()
  const addError = (error: JotgateError) => {
    errors.push(error)
    const hint = hintOf(error)
    // Three faults of one user have one next step.
    lines.push(...inLines(error, saidHints.has(hint) ? undefined : hint))
    saidHints.add(hint)
  }
  return {
    get found() {
      return lines.length > 0
    },
    add(...problems) {
      for (const problem of problems) {
        errors.push(call.refuse(problem))
        lines.push(problem)
      }
    },
    addError(...found) {
      for (const error of found) addError(error)
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
    tell() {
      const [only] = errors
      if (only !== undefined && errors.length === 1) throw only
      if (lines.length > 0) throw call.refuse(...lines)
    },
  }
}

/** The problems of a list are reported one by one; of another error the next step is added, or it would be lost. */
function inLines(error: JotgateError, hint: string | undefined): readonly string[] {
  if (isJotgateError(error, 'ERR_CLI_USAGE')) return error.details.problems
  if (isJotgateError(error, 'ERR_CONFIG_MISSING'))
    return error.details.missing.map((one) => `missing: ${one}`)
  const told = error.message.replaceAll('\n', '\n  ')
  return [hint === undefined ? told : `${told}. ${hint}`]
}
