import { relative, resolve } from 'node:path'
import type { ProductName } from '../values/index.ts'
import { parseDuration } from './duration.ts'
import type { DeploymentConfig } from './schema.ts'
import type { Duration } from './schema-forms.ts'
import { settingsTable } from './settings-table.ts'

type SigningOf<Config> = Config extends { signing?: infer Signing } ? NonNullable<Signing> : never
type SetupOf<Config> = Config extends { setup?: infer Setup } ? NonNullable<Setup> : never

/** A length of time has its unit in its name. */
type InSeconds<Values> = {
  [Name in keyof Values as NonNullable<Values[Name]> extends Duration
    ? `${Name & string}Seconds`
    : Name]: NonNullable<Values[Name]> extends Duration ? number : Values[Name]
}

/** The settings of one product side by side, those of `signing` too. */
type SettingsOf<Config> = Config extends DeploymentConfig
  ? Partial<
      Omit<Config, 'product' | 'signing' | 'setup'> & {
        setup: InSeconds<SetupOf<Config>>
      } & InSeconds<SigningOf<Config>>
    >
  : never

type AllOf<Union> = (Union extends unknown ? (one: Union) => void : never) extends (
  all: infer All,
) => void
  ? All
  : never

/** What is known of a deployment and of how its tokens are signed, from wherever it was said. */
export type Settings = Readonly<
  { product?: ProductName | undefined } & AllOf<SettingsOf<DeploymentConfig>>
>

/**
 * Merges settings: each is taken from the first level that has it, the place of a key as a whole.
 *
 * @param levels the strongest first: flags, environment, file
 */
export function mergeSettings(levels: readonly Settings[]): Settings {
  const merged = {}
  for (const level of levels.toReversed()) {
    for (const [one, other] of alternatives)
      if (valueAt(level, one) !== undefined && valueAt(level, other) === undefined)
        remove(merged, other)
    for (const [name, value] of listedSettings(level)) put(merged, name, value)
  }
  return merged
}

const pairs = [
  ['administrator.apiKey', 'administrator.oauth'],
  ['administrator.oauth.secret', 'administrator.oauth.key'],
] as const

/** The place that names the first takes the second from weaker ones: only one of them is used. */
const alternatives = pairs.flatMap(([one, other]) => [[one, other] as const, [other, one] as const])

/** The settings that have a value, by their names; what goes together is one of them. */
export function listedSettings(
  settings: Settings,
): readonly (readonly [name: string, value: unknown])[] {
  const names = new Set(settingsTable.map(({ name, oneOf }) => oneOf?.name ?? name))
  return [...names]
    .map((name) => [name, valueAt(settings, name)] as const)
    .filter(([, value]) => value !== undefined)
}

/** The settings of a deployment in the file, with its paths resolved from the folder of the file. */
export function toSettings(deployment: DeploymentConfig, folder: string): Settings {
  const settings = {}
  for (const setting of settingsTable) {
    const value = valueAt(deployment, setting.place)
    if (value === undefined) continue
    const read = setting.form === 'file' ? resolve(folder, String(value)) : value
    put(settings, setting.name, setting.form === 'duration' ? parseDuration(String(value)) : read)
  }
  return settings
}

/** The settings that a command line or an environment holds: the value of each, by its name. */
export function settingsFrom(values: ReadonlyMap<string, unknown>): Settings {
  const settings = {}
  for (const [name, value] of values) put(settings, name, value)
  return settings
}

/** The value of each setting that has one, by its name: the inverse of `settingsFrom`. */
export function valuesOf(settings: Settings): Map<string, unknown> {
  const values = new Map<string, unknown>()
  for (const { name } of settingsTable) {
    const value = valueAt(settings, name)
    if (value !== undefined) values.set(name, value)
  }
  return values
}

/** Settings where a deployment of the file has them. */
export function placeSettings(values: ReadonlyMap<string, unknown>): object {
  const deployment = {}
  for (const { name, place } of settingsTable)
    if (values.has(name)) put(deployment, place, values.get(name))
  return deployment
}

/**
 * The deployment of a file that says what settings say, the other way round than `toSettings`. What is read from the
 * standard input stands in no file.
 *
 * @param folders.from where the paths of the settings begin
 * @param folders.to the folder of the file
 */
export function toDeploymentConfig(
  settings: Settings,
  folders: { from: string; to: string },
): Readonly<Record<string, unknown>> {
  const deployment = {}
  for (const { name, place, form } of settingsTable) {
    const value = valueAt(settings, name)
    if (value === undefined || (form === 'file' && value === '-')) continue
    const path = () => relative(folders.to, resolve(folders.from, String(value)))
    const written = form === 'duration' ? `${value}s` : value
    put(deployment, place, form === 'file' ? path() : written)
  }
  return deployment
}

function valueAt(object: unknown, place: string): unknown {
  return place
    .split('.')
    .reduce<unknown>(
      (inside, step) => (inside as Record<string, unknown> | undefined)?.[step],
      object,
    )
}

function remove(object: object, place: string): void {
  const [last = '', ...owners] = place.split('.').reverse()
  const owner = valueAt(object, owners.reverse().join('.')) as Record<string, unknown> | undefined
  delete owner?.[last]
}

function put(object: Record<string, unknown>, place: string, value: unknown): void {
  const steps = place.split('.')
  const last = steps.pop() ?? place
  let inside = object
  for (const step of steps) {
    inside[step] ??= {}
    inside = inside[step] as Record<string, unknown>
  }
  inside[last] = value
}
