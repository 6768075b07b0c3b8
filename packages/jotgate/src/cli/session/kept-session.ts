import { isJotgateError } from '../../errors/index.ts'
import { type QlikSession, restoreSession } from '../../qlik/index.ts'
import type { Call, OptionSpec } from '../command.ts'
import { cliErrors } from '../errors.ts'
import { parseJsonInput, readInput } from '../read-input.ts'

export const sessionFileOption: OptionSpec = {
  flags: '--session-file <file>',
  description: 'what `session open --json` wrote; - is stdin',
}

/** Reads what `session open --json` wrote. */
export async function readKeptSession(call: Call, file: string): Promise<QlikSession> {
  const source = file === '-' ? 'The standard input' : file
  const kept = parseJsonInput(await readInput(call, '--session-file', file), source)
  return restore(kept, source)
}

function restore(kept: unknown, source: string): QlikSession {
  try {
    return restoreSession(kept)
  } catch (error) {
    if (!isJotgateError(error)) throw error
    const problem = `does not contain a session: ${error.message}`
    throw cliErrors.ERR_CLI_INPUT({ source, problem }, { cause: error })
  }
}
