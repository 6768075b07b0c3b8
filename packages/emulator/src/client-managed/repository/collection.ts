import { type Entity, type FieldsOf, newHead, repositoryAccount } from './entity.ts'

/** What happened to an entity. */
export type Change<Type extends Entity> =
  | { readonly kind: 'added'; readonly entity: Type }
  | { readonly kind: 'replaced'; readonly entity: Type; readonly before: Type }
  | { readonly kind: 'removed'; readonly before: Type }

/** All entities of one type. */
export interface Collection<Type extends Entity> {
  /** In the order in which they were added. */
  list(): readonly Type[]
  find(id: string): Type | undefined
  /**
   * Adds an entity.
   *
   * @param options.by who does it, as `DIRECTORY\user`; the repository itself when omitted
   * @param options.id random when omitted
   */
  add(fields: FieldsOf<Type>, options?: { by?: string; id?: string }): Type
  /** Replaces the fields of an entity that is there. */
  replace(id: string, fields: FieldsOf<Type>, options?: { by?: string }): Type
  /** False when there is no such entity. */
  remove(id: string): boolean
  /** Calls a listener after each change; gives what ends that. */
  onChange(listener: (change: Change<Type>) => void): () => void
}

/** Later than the date before, also where a test stopped the clock: conflicts are found by this date. */
function laterThan(before: string, now: Date): string {
  return new Date(Math.max(now.getTime(), Date.parse(before) + 1)).toISOString()
}

/** Makes an empty collection. */
export function createCollection<Type extends Entity>(now: () => Date): Collection<Type> {
  const entities = new Map<string, Type>()
  const listeners = new Set<(change: Change<Type>) => void>()
  const tell = (change: Change<Type>) => {
    for (const listener of [...listeners]) listener(change)
  }
  return {
    list: () => [...entities.values()],
    find: (id) => entities.get(id),
    add(fields, { by, id } = {}) {
      const entity = { ...fields, ...newHead(now(), by, id) } as Type
      entities.set(entity.id, entity)
      tell({ kind: 'added', entity })
      return entity
    },
    replace(id, fields, { by = repositoryAccount } = {}) {
      const before = entities.get(id)
      if (before === undefined) throw new TypeError(`no entity ${id}`)
      const { createdDate } = before
      const modifiedDate = laterThan(before.modifiedDate, now())
      const head = { id, createdDate, modifiedDate, modifiedByUserName: by }
      const entity = { ...fields, ...head } as Type
      entities.set(id, entity)
      tell({ kind: 'replaced', entity, before })
      return entity
    },
    remove(id) {
      const before = entities.get(id)
      if (before === undefined) return false
      entities.delete(id)
      tell({ kind: 'removed', before })
      return true
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
