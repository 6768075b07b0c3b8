import { loadConfigJsonSchema } from '../../config/index.ts'
import { type CommandSpec, resultOptions } from '../command.ts'

/** `jotgate config schema`. */
export const configSchemaCommand: CommandSpec = {
  name: 'config schema',
  summary: 'the JSON Schema of the file, for editors',
  description:
    'Prints the JSON Schema of the configuration file; editors complete and check the file with it.',
  options: [...resultOptions],
  examples: [
    'jotgate config schema --out jotgate.schema.json',
    'jotgate config schema | jq .properties',
  ],
  notes: 'The result is JSON with and without --json.',
  async run() {
    const schema = await loadConfigJsonSchema()
    return { text: `${JSON.stringify(schema, null, 2)}\n`, json: schema }
  },
}
