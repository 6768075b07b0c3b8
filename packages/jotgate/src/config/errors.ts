import { type DetailsOf, defineErrors } from '../errors/index.ts'

/** The errors of the part `config`. Of the file, only names are repeated. */
export const configErrors = defineErrors('ERR_CONFIG', {
  ERR_CONFIG_FILE: {
    kind: 'failure',
    status: 500,
    message: (details: { file: string; problem: string }) =>
      `The configuration file ${details.file} ${details.problem}`,
    hint: 'Give the path of a readable file by --config, or write one with `jotgate init`.',
  },
  ERR_CONFIG_OWNER: {
    kind: 'failure',
    status: 500,
    message: (details: { file: string; problem: string }) =>
      `The configuration file ${details.file} ${details.problem}, who could choose where tokens are sent`,
    hint: 'If you trust the file, name it by --config or JOTGATE_CONFIG. Otherwise make it your own: `chown` and `chmod go-w`.',
  },
  ERR_CONFIG_JSON: {
    kind: 'use',
    status: 500,
    message: (details: { file: string; line: number; column: number }) =>
      `The configuration file ${details.file} is not JSON: see line ${details.line}, column ${details.column}`,
    hint: 'Use strict JSON: double quotes, no comments, no comma after the last member.',
  },
  ERR_CONFIG_INVALID: {
    kind: 'use',
    status: 500,
    message: (details: { file: string; problems: readonly string[] }) =>
      `The configuration file ${details.file} has problems:\n  ${details.problems.join('\n  ')}`,
    hint: 'Correct each of them. `jotgate config schema` prints every key, as a schema for your editor.',
  },
  ERR_CONFIG_GATEWAY: {
    kind: 'use',
    status: 500,
    message: (details: { file: string }) => `${details.file} has no gateway`,
    hint: 'Add the member `gateway` with `publicUrl`, `allowedOrigins` and `identify`; `jotgate config schema` prints every key.',
  },
  ERR_CONFIG_DEPLOYMENT: {
    kind: 'use',
    status: 500,
    message: (details: { file: string; problem: string }) =>
      `The configuration file ${details.file} ${details.problem}`,
    hint: 'Name one with --deployment, or set `defaultDeployment` in the file.',
  },
  ERR_CONFIG_MISSING: {
    kind: 'use',
    status: 500,
    message: (details: { missing: readonly string[] }) =>
      `Settings are missing:\n  ${details.missing.join('\n  ')}`,
    hint: 'Give each by its option, by its environment variable or in the configuration file.',
  },
})

declare module '../errors/errors.ts' {
  interface JotgateErrorDetails extends DetailsOf<typeof configErrors> {}
}
