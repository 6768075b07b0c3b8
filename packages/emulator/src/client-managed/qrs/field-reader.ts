import type { Draft } from './entities/entity-type.ts'
import { entityTypeOf } from './entities/entity-types.ts'
import { type Field, type Fields, headFields } from './fields.ts'

/** Finds the entity that a reference leads to. */
export type FindEntity = (id: string) => Draft | undefined

/** A field that a path leads to, and how its values are read from an entity. */
export interface FieldReader {
  readonly field: Field
  read(entity: Draft): readonly unknown[]
}

/** What one segment of a path leads to. */
interface Step {
  readonly fields: Fields
  into(value: unknown): readonly Draft[]
}

const isRecord = (value: unknown): value is Draft => typeof value === 'object' && value !== null

function asList(value: unknown): readonly unknown[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  return list.filter((one) => one !== undefined && one !== null)
}

function stepInto(field: Field, find: FindEntity): Step | undefined {
  const records = (value: unknown): readonly Draft[] => asList(value).filter(isRecord)
  switch (field.kind) {
    case 'part':
    case 'parts':
      return { fields: field.fields, into: records }
    case 'customProperties':
      return {
        fields: {
          value: { kind: 'string' },
          definition: { kind: 'reference', to: 'CustomPropertyDefinition' },
        },
        into: records,
      }
    case 'reference':
    case 'references': {
      const type = entityTypeOf(field.to)
      if (type === undefined) return undefined
      return {
        fields: { ...headFields, ...type.fields },
        into: (value) => records(records(value).map(({ id }) => find(String(id)))),
      }
    }
    default:
      return undefined
  }
}

/**
 * Finds the field that a path such as `serverNodeConfiguration.hostName` leads to, in any case, through references
 * and lists.
 *
 * @returns undefined where there is no such field
 */
export function fieldReader(
  fields: Fields,
  path: readonly string[],
  find: FindEntity,
): FieldReader | undefined {
  const [first = '', ...rest] = path
  const name = Object.keys(fields).find((one) => one.toLowerCase() === first.toLowerCase())
  const field = name === undefined ? undefined : fields[name]
  if (name === undefined || field === undefined) return undefined
  if (rest.length === 0) return { field, read: (entity) => asList(entity[name]) }
  const step = stepInto(field, find)
  const inner = step === undefined ? undefined : fieldReader(step.fields, rest, find)
  if (step === undefined || inner === undefined) return undefined
  return {
    field: inner.field,
    read: (entity) => step.into(entity[name]).flatMap((one) => inner.read(one)),
  }
}
