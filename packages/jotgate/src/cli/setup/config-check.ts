import { configFileName, readConfig } from '../../config/index.ts'
import { type CommandSpec, resultOptions } from '../command.ts'
import { configErrorFor } from './config-file.ts'

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
    return {
      text: `${read.file} is in order: ${names.join(', ') || 'no deployments'}\n`,
      json: { file: read.file, deployments: names },
    }
  },
}
