import { configFileName, listedSettings, mergeSettings } from '../../config/index.ts'
import { type CommandSpec, resultOptions } from '../command.ts'
import { inColumns } from '../layout.ts'
import { readLevels, signingOptions, targetOptions } from '../target.ts'

/** `jotgate config print`. */
export const configPrint: CommandSpec = {
  name: 'config print',
  summary: 'what holds for a deployment, and who said so',
  description:
    'Shows every setting that holds for a deployment and where it is from: flags, environment, or file. Places of secrets are shown, never secrets.',
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
        `note: nothing holds here: there is no ${configFileName} in this folder, and no option and no variable says anything`,
      )
    return {
      text: inColumns(
        entries.map(([name, { value, from }]) => [name, JSON.stringify(value), `(${from})`]),
      ),
      json: Object.fromEntries(entries),
    }
  },
}
