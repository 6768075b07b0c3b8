import { date, labels, text, yesNo } from '../fields.ts'
import { badRequest } from '../refusal.ts'
import type { EntityType } from './entity-type.ts'

const owner = { kind: 'reference', to: 'User', isOptional: true } as const

export const streams: EntityType = {
  path: 'stream',
  type: 'Stream',
  fields: { ...labels, name: text, owner },
  condensed: ['name'],
  writes: ['create', 'update', 'delete'],
  collection: (repository) => repository.streams,
  defaults: () => ({ tags: [], customProperties: [], name: '', owner: null }),
  check({ draft, before, callerId }) {
    if (draft.name === '') return badRequest('name is required')
    const given = draft.owner ?? before?.owner
    return { ...draft, owner: given ?? (callerId === undefined ? null : { id: callerId }) }
  },
}

export const apps: EntityType = {
  path: 'app',
  type: 'App',
  fields: {
    ...labels,
    name: text,
    description: text,
    owner,
    published: yesNo,
    publishTime: date,
    stream: { kind: 'reference', to: 'Stream', isOptional: true },
  },
  condensed: ['name', 'published', 'publishTime', 'stream'],
  writes: ['update'],
  collection: (repository) => repository.apps,
  defaults: () => ({
    tags: [],
    customProperties: [],
    name: '',
    description: '',
    owner: null,
    published: false,
    publishTime: '1753-01-01T00:00:00.000Z',
    stream: null,
  }),
  // Publishing has an address of its own.
  check: ({ draft, before }) => ({
    ...draft,
    owner: draft.owner ?? before?.owner ?? null,
    published: before?.published,
    publishTime: before?.publishTime,
    stream: before?.stream,
  }),
}
