import {
  configErrors,
  configFileName,
  parseConfig,
  readConfigText,
  soundDeployments,
  toSettings,
} from '../../config/index.ts'
import { isJotgateError } from '../../errors/index.ts'
import { type CommandSpec, resultOptions } from '../command.ts'
import { cliErrors } from '../errors.ts'
import { deploymentProblems } from './deployment-problems.ts'

/** `jotgate config check`. */
export const configCheck: CommandSpec = {
  name: 'config check',
  summary: 'all problems of the configuration file at once',
  description: 'Reads the configuration file and lists all its problems, each with its place.',
  options: [
    { flags: '--config <file>', description: 'the configuration file', otherwise: configFileName },
    ...resultOptions,
  ],
  examples: ['jotgate config check', 'jotgate config check --config ci/jotgate.config.json --json'],
  notes: 'With --json: { file, deployments: [name] }. Exit code 2 when there are problems.',
  async run(call) {
    const found = await readConfigText({
      file: call.values.text('config'),
      folder: call.terminal.folder,
    })
    if (found === undefined)
      throw cliErrors.ERR_CLI_INPUT({
        source: configFileName,
        problem: 'is not in this folder; `jotgate init` writes one, and --config names another',
      })
    const { file, text } = found
    const problems = await problemsOfForm(text, file)
    for (const [name, deployment] of Object.entries(await soundDeployments(text))) {
      const inIt = await deploymentProblems(toSettings(deployment, call.terminal.folder))
      problems.push(...inIt.map((problem) => `deployments.${name}.${problem}`))
    }
    if (problems.length > 0) throw configErrors.ERR_CONFIG_INVALID({ file, problems })
    const names = Object.keys((await parseConfig(text, file)).deployments)
    return {
      text: `${file} has no problems: ${names.join(', ') || 'no deployments'}\n`,
      json: { file, deployments: names },
    }
  },
}

/** Text that is not JSON has no further problems. */
async function problemsOfForm(text: string, file: string): Promise<string[]> {
  try {
    await parseConfig(text, file)
    return []
  } catch (error) {
    if (!isJotgateError(error, 'ERR_CONFIG_INVALID')) throw error
    return [...(error.details as { problems: readonly string[] }).problems]
  }
}
