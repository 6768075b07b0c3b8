import {
  configFileName,
  durationForm,
  mergeSettings,
  optionOf,
  parseDuration,
  products,
  type Setting,
  type Settings,
  settingsFrom,
  settingsTable,
  variableOf,
} from '../config/index.ts'
import type { ProductName } from '../values/index.ts'
import { type Call, nameOfOption, type OptionSpec, type ValueSource } from './command.ts'
import { gatherProblems, type Problems } from './problems.ts'

/** The options of settings, as the schema of the configuration file describes them. */
export function settingOptions(isWanted: (setting: Setting) => boolean): readonly OptionSpec[] {
  return settingsTable.filter(isWanted).flatMap((setting) => {
    const { flag, description, form } = setting
    if (flag === undefined) return []
    const { otherwise, choices, mayBeEmpty, products: having, elsewhere } = setting
    const words = { otherwise, choices, mayBeEmpty, products: having, elsewhere }
    const option = {
      flags: flag,
      description: form === 'file' ? `${description}; - is stdin` : description,
      ...Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined)),
    }
    return [namingProducts(option)]
  })
}

/** Says behind its description when not every product has an option. */
export function namingProducts(option: OptionSpec): OptionSpec {
  const titles = titlesOf(option)
  return titles === undefined
    ? option
    : { ...option, description: `${option.description} (${titles})` }
}

/** The products that have an option, in words; undefined when all of them do. */
function titlesOf({ products: having }: OptionSpec): string | undefined {
  const all = Object.entries(products)
  const some = having === undefined ? all : all.filter(([name]) => having.includes(name))
  return some.length === all.length ? undefined : some.map(([, { title }]) => title).join(' and ')
}

/** The one option of a setting, such as `url`. */
export function settingOption(name: string): OptionSpec {
  const [option] = settingOptions((setting) => setting.name === name)
  if (option === undefined) throw new TypeError(`There is no option for the setting ${name}`)
  return option
}

/** Which deployment of the configuration file is meant. */
export const choiceOptions: readonly OptionSpec[] = [
  { flags: '--deployment <name>', description: 'a deployment of the configuration file' },
  {
    flags: '--config <file>',
    description: 'the configuration file',
    otherwise: `${configFileName}, if it exists`,
  },
]

/** Where the passphrase of a private key is. */
export const passphraseOptions = settingOptions(({ oneOf }) => oneOf?.name === 'passphrase')

/** What the command line or the environment says of a deployment. */
export function readSettings(
  { values }: Pick<Call, 'values'>,
  source: ValueSource,
  problems: Pick<Problems, 'add'>,
): Settings {
  const found = new Map<string, unknown>()
  const together = new Set<string>()
  for (const { name, flag, form, oneOf } of settingsTable) {
    if (flag === undefined) continue
    const said = source === 'flag' ? optionOf(flag) : variableOf(flag)
    const option = nameOfOption(flag)
    const text = values.source(option) === source ? values.text(option) : undefined
    if (text === undefined) continue
    if (oneOf !== undefined && together.has(oneOf.name))
      problems.add(`${oneOf.title} is named twice: by a file and by an environment variable`)
    if (oneOf !== undefined) together.add(oneOf.name)
    const value = form === 'duration' ? parseDuration(text) : text
    if (value === undefined) problems.add(`${said} must be ${durationForm}`)
    else found.set(name, value)
  }
  return settingsFrom(found)
}

/** What the command line and the environment say, for a command that needs nothing of the file. */
export function readGivenSettings(call: Call): Settings {
  const problems = gatherProblems(call)
  const levels = (['flag', 'environment'] as const).map((source) =>
    readSettings(call, source, problems),
  )
  problems.tell()
  return mergeSettings(levels)
}

/** The options that only another product has and that were typed: they would be ignored silently. */
export function foreignOptions(
  { values }: Pick<Call, 'values'>,
  product: ProductName,
  options: readonly OptionSpec[],
): string[] {
  return options
    .filter(({ products: having = [product] }) => !having.includes(product))
    .filter(({ flags }) => values.source(nameOfOption(flags)) === 'flag')
    .map(
      (option) => `${optionOf(option.flags)} is for ${titlesOf(option)} only; ${option.elsewhere}`,
    )
}
