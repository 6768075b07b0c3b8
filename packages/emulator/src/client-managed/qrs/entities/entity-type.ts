import type { Collection } from '../../repository/collection.ts'
import type { Entity } from '../../repository/entity.ts'
import type { Repository } from '../../repository/repository.ts'
import type { Fields } from '../fields.ts'
import type { QrsRefusal } from '../refusal.ts'

/** The fields of an entity that is about to be written. */
export type Draft = Readonly<Record<string, unknown>>

/** What a check is given. */
export interface DraftCheck {
  readonly draft: Draft
  readonly repository: Repository
  /** The entity that is replaced; undefined for a new one. */
  readonly before: (Entity & Draft) | undefined
  /** The ID of whoever writes, where the repository has them. */
  readonly callerId: string | undefined
}

/** What one may do with the entities of a type through QRS. */
export type Write = 'create' | 'update' | 'delete'

/** One type of entities as QRS has it. */
export interface EntityType {
  /** Its addresses: `virtualproxyconfig`. */
  readonly path: string
  /** Its name in `schemaPath`, in resource filters and in `about/api/default`. */
  readonly type: string
  readonly fields: Fields
  /** The fields of the condensed form, beside `id` and `privileges`. */
  readonly condensed: readonly string[]
  readonly writes: readonly Write[]
  collection(repository: Repository): Collection<Entity>
  /** What omitted fields become; also what `about/api/default` answers. */
  defaults(): Draft
  /** Completes the fields, or says why they are refused. */
  check?(given: DraftCheck): Draft | QrsRefusal
  /** Why an entity must stay. */
  refuseDelete?(entity: Draft): QrsRefusal | undefined
}

/** Whether another entity has the value of a field, in any case. */
export function isTaken(
  entities: readonly Entity[],
  before: Entity | undefined,
  field: string,
  value: unknown,
): boolean {
  return entities.some((entity) => {
    const other: Draft = { ...entity }
    return (
      entity.id !== before?.id && String(other[field]).toLowerCase() === String(value).toLowerCase()
    )
  })
}
