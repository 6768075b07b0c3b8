import { type OptionSpec, resultOptions } from '../command.ts'
import { timeoutOption } from '../session/credentials.ts'
import { connectionOptions, serviceOptions } from '../session/transport.ts'
import { settingOptions } from '../setting-options.ts'
import { signingOptions, targetOptions } from '../target.ts'

/** What names a deployment, and how its administrator is reached. */
export const provisionOptions: readonly OptionSpec[] = [
  ...targetOptions,
  ...settingOptions(({ group }) => group === 'administrator'),
  ...serviceOptions,
  ...connectionOptions,
  timeoutOption,
  ...signingOptions,
]

export const adoptOption: OptionSpec = {
  flags: '--adopt',
  description: 'take over objects of the same key that no setup has marked',
  onlyFlag: true,
}

/** Of the commands that change something. */
export const changingOptions: readonly OptionSpec[] = [
  { flags: '--yes', description: 'do not ask', onlyFlag: true },
  ...resultOptions,
]
