import * as z from 'zod'
import { configSchema } from './schema.ts'

/** The part of a JSON Schema that is walked here. */
export interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: JsonSchema | boolean
  readonly oneOf?: readonly JsonSchema[]
  readonly anyOf?: readonly JsonSchema[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly type?: string
  readonly description?: string
}

/** The schema of the configuration file for editors (JSON Schema 2020-12). */
export function configJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(configSchema) as JsonSchema
  return { ...schema, title: 'jotgate.config.json' } as JsonSchema
}

/** The names that an object at a place in the file may have. */
export function keysAt(path: readonly PropertyKey[], config: unknown): string[] {
  let schemas: JsonSchema[] = [configJsonSchema()]
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
