import { isObject } from '../../http/read-body.ts'
import { newHead } from '../repository/entity.ts'
import type { Repository } from '../repository/repository.ts'
import type { Draft, EntityType } from './entities/entity-type.ts'
import type { Field, Fields } from './fields.ts'
import { badRequest, isRefusal, type QrsRefusal } from './refusal.ts'

/** What one entity may hold. */
const limits = { characters: 100_000, items: 1000 } as const

/** What values are read with. */
interface Reading {
  readonly repository: Repository
  readonly type: EntityType
  readonly now: Date
  readonly by: string
}

/** Ends the reading of an entity: caught where it began. */
function refuse(path: string, problem: string): never {
  throw Object.assign(new Error('refused'), { refusal: badRequest(`${path} ${problem}`) })
}

/** A value of an object by its name in any case, as QRS takes them. */
function fieldValue(record: Draft, name: string): unknown {
  if (Object.hasOwn(record, name)) return record[name]
  const found = Object.keys(record).find((key) => key.toLowerCase() === name.toLowerCase())
  return found === undefined ? undefined : record[found]
}

function readList(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) return refuse(path, 'is not a list')
  return value.length > limits.items
    ? refuse(path, `has more than ${limits.items} items`)
    : (value as readonly unknown[])
}

function readString(value: unknown, path: string, maxLength: number = limits.characters): string {
  if (typeof value !== 'string') return refuse(path, 'is not a string')
  return value.length > maxLength ? refuse(path, `has more than ${maxLength} characters`) : value
}

function readEnum(value: unknown, path: string, names: readonly string[]): number {
  const named = names.findIndex((name) => name.toLowerCase() === String(value).toLowerCase())
  if (named >= 0) return named
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < names.length
    ? Number(value)
    : refuse(path, `is none of ${names.map((name, place) => `${place} ${name}`).join(', ')}`)
}

function readReference(value: unknown, path: string, to: string, { repository }: Reading) {
  if (!isObject(value) || typeof value.id !== 'string') return refuse(path, 'has no id')
  const { id } = value
  return repository.findResource(id)?.type === to
    ? { id }
    : refuse(path, `is not the ID of a ${to}`)
}

function readCustomProperty(value: unknown, path: string, reading: Reading) {
  const { repository, type, now, by } = reading
  if (!isObject(value)) return refuse(path, 'is not an object')
  const definition = readReference(
    value.definition,
    `${path}.definition`,
    'CustomPropertyDefinition',
    reading,
  )
  const found = repository.customPropertyDefinitions.find(definition.id)
  const given = readString(value.value, `${path}.value`)
  if (found?.objectTypes.some((one) => one.toLowerCase() === type.type.toLowerCase()) !== true)
    return refuse(path, `is not a custom property of ${type.type}`)
  if (found.choiceValues.length > 0 && !found.choiceValues.includes(given))
    return refuse(`${path}.value`, 'is none of the values of the custom property')
  return { ...newHead(now, by), value: given, definition }
}

function readPart(value: unknown, path: string, fields: Fields, base: Draft, reading: Reading) {
  if (!isObject(value)) return refuse(path, 'is not an object')
  return readFields(value, `${path}.`, fields, base, reading)
}

function readField(field: Field, value: unknown, path: string, base: unknown, reading: Reading) {
  switch (field.kind) {
    case 'guid':
      return readString(value, path)
    case 'string':
      return readString(value, path, field.maxLength)
    case 'strings':
      return readList(value, path).map((one, place) => readString(one, `${path}[${place}]`))
    case 'boolean':
      return typeof value === 'boolean' ? value : refuse(path, 'is neither true nor false')
    case 'integer': {
      const isRight =
        Number.isInteger(value) && Number(value) >= field.min && Number(value) <= field.max
      return isRight
        ? value
        : refuse(path, `is not a whole number from ${field.min} to ${field.max}`)
    }
    case 'enum':
      return readEnum(value, path, field.values)
    case 'date': {
      const time = Date.parse(readString(value, path))
      return Number.isNaN(time) ? refuse(path, 'is not a date') : new Date(time).toISOString()
    }
    case 'reference':
      // Public clients send {} for nobody.
      if (field.isOptional && (value === null || (isObject(value) && value.id === undefined)))
        return null
      return readReference(value, path, field.to, reading)
    case 'references':
      return readList(value, path).map((one, place) =>
        readReference(one, `${path}[${place}]`, field.to, reading),
      )
    case 'customProperties':
      return readList(value, path).map((one, place) =>
        readCustomProperty(one, `${path}[${place}]`, reading),
      )
    case 'parts':
      return readList(value, path).map((one, place) =>
        readPart(one, `${path}[${place}]`, field.fields, {}, reading),
      )
    case 'part':
      return readPart(value, path, field.fields, (base ?? {}) as Draft, reading)
  }
}

/** Reads some fields; those that are missing are taken from a base, and required where it lacks them. */
function readFields(
  body: Draft,
  prefix: string,
  fields: Fields,
  base: Draft,
  reading: Reading,
): Draft {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const given = fieldValue(body, name)
      const path = `${prefix}${name}`
      if (given !== undefined) return [name, readField(field, given, path, base[name], reading)]
      // Items of lists have no defaults; the place of an optional text is empty.
      if (name in base) return [name, base[name]]
      return name === 'externalId' ? [name, ''] : refuse(path, 'is required')
    }),
  )
}

/**
 * Reads the fields of an entity from a body; fields that there are not are ignored.
 *
 * @param options.base what omitted fields are
 */
export function readEntity(body: Draft, options: Reading & { base: Draft }): Draft | QrsRefusal {
  const { base, ...reading } = options
  try {
    const draft = readFields(body, '', reading.type.fields, base, reading)
    const required = Object.entries(reading.type.fields).find(
      ([name, field]) => field.kind === 'reference' && !field.isOptional && draft[name] === null,
    )
    return required === undefined ? draft : badRequest(`${required[0]} is required`)
  } catch (error) {
    const refusal = error instanceof Error && 'refusal' in error ? error.refusal : undefined
    if (typeof refusal === 'object' && refusal !== null && isRefusal(refusal)) return refusal
    throw error
  }
}
