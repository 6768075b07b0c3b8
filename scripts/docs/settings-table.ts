import { listSettings } from '../../packages/jotgate/src/config/list-settings.ts'

export const settingsTableFile = 'packages/jotgate/src/config/settings-table.ts'

/** The settings of the schema as plain data, for a command that cannot wait for zod. */
export function settingsTableText(): string {
  const lines = [
    '// Generated from schema.ts by `npm run docs`. Do not edit.',
    "import type { Setting } from './setting.ts'",
    '',
    '/** Every setting of a deployment, in the order of the schema. */',
    'export const settingsTable: readonly Setting[] = [',
    ...listSettings().map((setting) => `  ${JSON.stringify(setting)},`),
    ']',
  ]
  return `${lines.join('\n')}\n`
}
