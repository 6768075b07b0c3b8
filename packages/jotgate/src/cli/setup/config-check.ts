import {
  configErrors,
  configFileName,
  type ReadConfig,
  readConfig,
  readFileSettings,
} from '../../config/index.ts'
import { type CommandSpec, resultOptions } from '../command.ts'
import { configErrorFor } from './config-file.ts'
import { deploymentProblems } from './deployment-problems.ts'

/** `jotgate config check`. */
export const configCheck: CommandSpec = {
  name: 'config check',
  summary: 'all problems of the configuration file at once',
  description: 'Reads the configuration file and tells every problem at once, each with its place.',
  options: [
    { flags: '--config <file>', description: 'the configuration file', otherwise: configFileName },
    ...resultOptions,
  ],
  examples: ['jotgate config check', 'jotgate config check --config ci/jotgate.config.json --json'],
  notes: 'With --json: { file, deployments: [name] }. Exit code 2 when there are problems.',
  async run(call) {
    const read = await readConfig({
      file: call.values.text('config'),
      folder: call.terminal.folder,
    })
    if (read === undefined) throw configErrorFor()
    const names = Object.keys(read.config.deployments)
    const problems = (await Promise.all(names.map((name) => problemsOf(read, name)))).flat()
    if (problems.length > 0) throw configErrors.ERR_CONFIG_INVALID({ file: read.file, problems })
    return {
      text: `${read.file} is in order: ${names.join(', ') || 'no deployments'}\n`,
      json: { file: read.file, deployments: names },
    }
  },
}

async function problemsOf({ file, folder }: ReadConfig, name: string): Promise<string[]> {
  const found = await readFileSettings({ config: file, deployment: name }, folder)
  const problems = found === undefined ? [] : await deploymentProblems(found.settings)
  return problems.map((problem) => `deployments.${name}.${problem}`)
}
