import { configFileName, listedSettings, mergeSettings } from '../../config/index.ts'
import { type CommandSpec, resultOptions } from '../command.ts'
import { inColumns } from '../layout.ts'
import { readLevels, signingOptions, targetOptions } from '../target.ts'

/** `jotgate config print`. */
export const configPrint: CommandSpec = {
  name: 'config print',
  summary: 'the settings of a deployment, and where each comes from',
  description:
    'Shows each setting of a deployment and where it comes from: flags, environment or file. It shows the places of secrets, never the secrets.',
  options: [...targetOptions, ...signingOptions, ...resultOptions],
  examples: [
    'jotgate config print',
    'JOTGATE_LIFETIME=5m jotgate config print --deployment prod --json',
  ],
  notes: 'With --json: { name: { value, from } } for each setting.',
  async run(call) {
    const levels = await readLevels(call)
    const merged = mergeSettings(levels.map(({ settings }) => settings))
    const sources = new Map(
      levels
        .toReversed()
        .flatMap(({ settings, from }) => listedSettings(settings).map(([name]) => [name, from])),
    )
    const entries = listedSettings(merged).map(
      ([name, value]) => [name, { value, from: sources.get(name) }] as const,
    )
    if (entries.length === 0)
      call.note(
        `note: there are no settings: this folder has no ${configFileName}, and no option or variable is set`,
      )
    return {
      text: inColumns(
        entries.map(([name, { value, from }]) => [name, JSON.stringify(value), `(${from})`]),
      ),
      json: Object.fromEntries(entries),
    }
  },
}
