import { annotatedJsonSchema, type JsonSchema, ownWords } from './json-schema.ts'
import type { Setting, SettingWords } from './setting.ts'

/**
 * Lists the settings of a deployment, those of all products in one order, as plain data: `npm run docs`
 * writes them into `settings-table.ts`, so that no command waits for zod.
 */
export function listSettings(): Setting[] {
  const { deployments } = annotatedJsonSchema().properties ?? {}
  const each = deployments?.additionalProperties
  const forms = typeof each === 'object' ? (each.oneOf ?? []) : []
  const settings = new Map<string, Setting>()
  for (const form of forms)
    for (const found of settingsIn(form, {
      path: [],
      product: String(form.properties?.product?.const),
    })) {
      const known = settings.get(found.place)
      settings.set(found.place, known === undefined ? found : both(known, found))
    }
  return [...settings.values()]
}

/** What two products share is one setting; of its words, those of the first count. */
function both(one: Setting, other: Setting): Setting {
  const choices = [...new Set([...(one.choices ?? []), ...(other.choices ?? [])])]
  return {
    ...one,
    products: [...one.products, ...other.products],
    ...(choices.length === 0 ? {} : { choices }),
  }
}

/** Where the walk is. */
interface Place {
  readonly path: readonly string[]
  readonly product: string
  readonly required?: boolean
  readonly oneOf?: Setting['oneOf']
}

function settingsIn(schema: JsonSchema, place: Place): Setting[] {
  const { properties, required = [], oneOf, form } = schema
  // An object that is one setting has its members in the file alone.
  if (properties === undefined || form === 'object') return [toSetting(schema, place)]
  const together =
    oneOf === undefined ? {} : { oneOf: { name: nameOf(place.path), title: schema.title ?? '' } }
  return Object.entries(properties).flatMap(([name, member]) =>
    settingsIn(member, {
      product: place.product,
      path: [...place.path, name],
      required: required.includes(name),
      ...together,
    }),
  )
}

function toSetting(schema: JsonSchema, { path, product, required, oneOf }: Place): Setting {
  const { form } = schema
  const choices = schema.const === undefined ? schema.enum : [schema.const]
  return {
    name: `${nameOf(path)}${form === 'duration' ? 'Seconds' : ''}`,
    place: path.join('.'),
    products: [product],
    group: groups.find((name) => name === path[0]) ?? 'deployment',
    ...wordsOf(schema),
    ...(required ? { required } : {}),
    ...(choices === undefined ? {} : { choices: choices.map(String) }),
    ...(oneOf === undefined ? {} : { oneOf }),
  }
}

/** The members of a deployment whose settings are a group of their own. */
const groups = ['signing', 'setup', 'administrator'] as const

/** What stands in `signing` has no further name in `Settings`. */
const nameOf = (path: readonly string[]) => path.filter((step) => step !== 'signing').join('.')

function wordsOf(schema: JsonSchema): SettingWords {
  const words = ownWords.flatMap((name) =>
    schema[name] === undefined ? [] : [[name, schema[name]] as const],
  )
  return { description: '', ...Object.fromEntries(words) }
}
