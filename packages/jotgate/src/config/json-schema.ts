import * as z from 'zod'
import { configSchema } from './schema.ts'
import type { SettingWords } from './setting.ts'

/** The part of a JSON Schema that is read here, with the words that a setting has in the zod schema. */
export interface JsonSchema extends Partial<SettingWords> {
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: JsonSchema | boolean
  readonly oneOf?: readonly JsonSchema[]
  readonly anyOf?: readonly JsonSchema[]
  readonly items?: JsonSchema
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly type?: string
}

/** The schema of the configuration file as JSON Schema (2020-12), with the words of its settings. */
export function annotatedJsonSchema(): JsonSchema {
  made ??= z.toJSONSchema(configSchema) as JsonSchema
  return made
}

/** Made once: it costs milliseconds, and each problem of a file asks for it. */
let made: JsonSchema | undefined

/** The schema of the configuration file for editors: JSON Schema (2020-12) and nothing else. */
export function configJsonSchema(): JsonSchema {
  return { ...withoutOwnWords(annotatedJsonSchema()), title: 'jotgate.config.json' }
}

function withoutOwnWords(schema: JsonSchema): JsonSchema {
  const { description, otherwise, properties = {}, additionalProperties, oneOf } = schema
  const members = Object.entries(properties).map(([name, one]) => [name, withoutOwnWords(one)])
  const standard = Object.entries(schema).filter(([name]) => !ownWords.some((own) => own === name))
  return {
    ...(description === undefined ? {} : { description: sentenceOf({ description, otherwise }) }),
    ...Object.fromEntries(standard),
    ...(members.length === 0 ? {} : { properties: Object.fromEntries(members) }),
    ...(typeof additionalProperties === 'object'
      ? { additionalProperties: withoutOwnWords(additionalProperties) }
      : {}),
    ...(oneOf === undefined ? {} : { oneOf: oneOf.map(withoutOwnWords) }),
  }
}

/** The words of a setting; JSON Schema knows one of them alone, or means something else by it. */
export const ownWords = [
  'flag',
  'title',
  'description',
  'otherwise',
  'group',
  'mayBeEmpty',
  'elsewhere',
  'question',
  'form',
] as const satisfies readonly (keyof SettingWords)[]

/** The words of a setting as a sentence, with its default. */
export function sentenceOf(words: {
  readonly description: string
  readonly otherwise?: string | undefined
}): string {
  const { description, otherwise } = words
  const sentence = `${description.charAt(0).toUpperCase()}${description.slice(1)}.`
  return otherwise === undefined ? sentence : `${sentence} Default: ${otherwise}.`
}

/** The names that an object at a place in the file may have. */
export function keysAt(path: readonly PropertyKey[], config: unknown): string[] {
  let schemas: JsonSchema[] = [annotatedJsonSchema()]
  let value = config
  for (const step of path) {
    schemas = schemas.flatMap((schema) => stepInto(schema, String(step), value))
    value = memberOf(value, String(step))
  }
  return schemas.flatMap((schema) => alternatives(schema, value)).flatMap(namesOf)
}

const namesOf = (schema: JsonSchema) => Object.keys(schema.properties ?? {})

function stepInto(schema: JsonSchema, step: string, value: unknown): JsonSchema[] {
  return alternatives(schema, value).flatMap(({ properties, additionalProperties }) => {
    const member = properties?.[step]
    if (member !== undefined) return [member]
    return typeof additionalProperties === 'object' ? [additionalProperties] : []
  })
}

/** Of several forms, the one that the value says it has. */
function alternatives(schema: JsonSchema, value: unknown): JsonSchema[] {
  const forms = (schema.oneOf ?? schema.anyOf ?? []).filter(({ properties }) => properties)
  if (forms.length === 0) return [schema]
  const product = memberOf(value, 'product')
  const named = forms.filter(({ properties }) => properties?.product?.const === product)
  return named.length > 0 ? named : forms
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined
}
