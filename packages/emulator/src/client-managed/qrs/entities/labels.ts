import { strings, text } from '../fields.ts'
import { badRequest, duplicate } from '../refusal.ts'
import { type EntityType, isTaken } from './entity-type.ts'

export const tags: EntityType = {
  path: 'tag',
  type: 'Tag',
  fields: { name: text },
  condensed: ['name'],
  writes: ['create', 'update', 'delete'],
  collection: (repository) => repository.tags,
  defaults: () => ({ name: '' }),
  check({ draft, repository, before }) {
    if (draft.name === '') return badRequest('name is required')
    if (isTaken(repository.tags.list(), before, 'name', draft.name))
      return duplicate(`The tag '${draft.name}' exists already`)
    return draft
  },
}

export const customProperties: EntityType = {
  path: 'custompropertydefinition',
  type: 'CustomPropertyDefinition',
  fields: {
    name: text,
    description: text,
    valueType: text,
    choiceValues: strings,
    objectTypes: strings,
  },
  condensed: ['name', 'valueType', 'choiceValues'],
  writes: ['create', 'update', 'delete'],
  collection: (repository) => repository.customPropertyDefinitions,
  defaults: () => ({
    name: '',
    description: '',
    valueType: 'Text',
    choiceValues: [],
    objectTypes: [],
  }),
  check({ draft, repository, before }) {
    // Rules name it behind an `@`.
    if (!/^[A-Za-z_]\w*$/.test(String(draft.name)))
      return badRequest('name: only letters, digits and _ are allowed')
    if (isTaken(repository.customPropertyDefinitions.list(), before, 'name', draft.name))
      return duplicate(`The custom property '${draft.name}' exists already`)
    return draft
  },
}
