import type { Draft, EntityType } from './entities/entity-type.ts'
import { entityTypeOf } from './entities/entity-types.ts'
import type { FindEntity } from './field-reader.ts'
import type { Field, Fields } from './fields.ts'

/** Dates of what never happened. */
const never = '1753-01-01T00:00:00.000Z'

function renderReference(value: unknown, to: string, find: FindEntity): Draft | null {
  const type = entityTypeOf(to)
  const { id } = (value ?? {}) as { id?: unknown }
  const entity = id === undefined ? undefined : find(String(id))
  return type === undefined || entity === undefined ? null : toCondensed(type, entity, find)
}

function renderFields(fields: Fields, record: Draft, find: FindEntity): Draft {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, renderField(field, record[name], find)]),
  )
}

function renderField(field: Field, value: unknown, find: FindEntity): unknown {
  const list = Array.isArray(value) ? (value as readonly Draft[]) : []
  switch (field.kind) {
    case 'reference':
      return renderReference(value, field.to, find)
    case 'references':
      // What was deleted since is named no more.
      return list.flatMap((one) => renderReference(one, field.to, find) ?? [])
    case 'customProperties':
      return list.flatMap(({ definition, ...others }) => {
        const rendered = renderReference(definition, 'CustomPropertyDefinition', find)
        if (rendered === null) return []
        return [{ ...others, definition: rendered, schemaPath: 'CustomPropertyValue' }]
      })
    case 'parts':
      return list.map((one) => ({
        ...renderFields(field.fields, one, find),
        schemaPath: field.schemaPath,
      }))
    case 'part':
      return {
        ...renderFields(field.fields, (value ?? {}) as Draft, find),
        schemaPath: field.schemaPath,
      }
    case 'date':
      return value ?? never
    default:
      return value
  }
}

/** An entity as lists have it: `id`, a few of its fields, privileges. */
export function toCondensed(type: EntityType, entity: Draft, find: FindEntity): Draft {
  const fields = Object.fromEntries(
    type.condensed.flatMap((name) => {
      const field = type.fields[name]
      return field === undefined ? [] : [[name, field]]
    }),
  )
  return { id: entity.id, ...renderFields(fields, entity, find), privileges: null }
}

/** An entity with every field. */
export function toFull(type: EntityType, entity: Draft, find: FindEntity): Draft {
  const { id, createdDate, modifiedDate, modifiedByUserName } = entity
  return {
    id,
    createdDate,
    modifiedDate,
    modifiedByUserName,
    ...renderFields(type.fields, entity, find),
    privileges: null,
    schemaPath: type.type,
  }
}
