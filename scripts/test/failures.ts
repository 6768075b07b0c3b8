import { relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

/** What did not pass: where, and the first line of what it said. */
export interface Failure {
  name: string
  error: string
}

/** What vitest's JSON reporter writes, as far as it is read here. */
export interface VitestReport {
  numPassedTests?: number
  numFailedTests?: number
  numPendingTests?: number
  numTodoTests?: number
  testResults?: readonly {
    name: string
    status: string
    message: string
    assertionResults: readonly {
      fullName: string
      status: string
      failureMessages: readonly string[]
    }[]
  }[]
}

const maxNamed = 20
const maxErrorLength = 300

/** Each failed test; and each file that failed without one, because it did not load. */
export function readFailures({ testResults = [] }: VitestReport, root: string): Failure[] {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name)
    const failed = assertionResults.filter((test) => test.status === 'failed')
    if (failed.length === 0 && status === 'failed')
      return [{ name: file, error: firstLine(message) || 'A hook failed. See the output above.' }]
    return failed.map(({ fullName, failureMessages: [error = ''] }) => ({
      name: `${file}: ${fullName}`,
      error: firstLine(error),
    }))
  })
}

/** Of the errors that vitest's report does not have, since no test waited for them. */
export function readUnhandledErrors(output: string): Failure[] {
  const [, told] = stripVTControlCharacters(output).split(/^.*Unhandled Errors.*$/m)
  const error = told?.match(/^\w*(?:Error|Exception)\b.*$/m)?.[0]
  return told === undefined
    ? []
    : [{ name: 'outside of the tests', error: error ?? 'See its output above.' }]
}

/** The lines that stand at the end, where a log that was cut still has them. */
export function describeFailures(failures: readonly Failure[]): string[] {
  const lines = failures
    .slice(0, maxNamed)
    .flatMap(({ name, error }) => [`  ✖ ${name}`, ...(error ? [`      ${error}`] : [])])
  const left = failures.length - maxNamed
  return left > 0 ? [...lines, `  and ${left} more`] : lines
}

export function firstLine(text: string): string {
  const [line = ''] = stripVTControlCharacters(text).trim().split('\n', 1)
  return line.length > maxErrorLength ? `${line.slice(0, maxErrorLength)} …` : line
}
