import { meantName } from '../config/index.ts'
import { variableOf } from './command.ts'
import { commands } from './commands.ts'
import { cliErrors } from './errors.ts'

/** Those of the emulator, of the example and of the project's own tests. */
const others = /^JOTGATE_(EMULATOR_|PORTAL_|TEST_|(CORPORA|CHROMIUM)$)/

/** @throws ERR_CLI_USAGE with every name that is unknown, and the one that was probably meant */
export async function checkVariableNames(names: readonly string[]): Promise<void> {
  const specs = await Promise.all(commands.map(({ load }) => load()))
  const known = new Set(
    specs
      .filter(({ foreign }) => foreign === undefined)
      .flatMap(({ options }) => options.filter(({ onlyFlag }) => !onlyFlag))
      .map(({ flags }) => variableOf(flags)),
  )
  const problems = names
    .filter((name) => !known.has(name) && !others.test(name))
    .map((name) => `the environment variable ${name} is unknown${meantName(name, [...known])}`)
  if (problems.length > 0) throw cliErrors.ERR_CLI_USAGE({ command: 'jotgate', problems })
}
