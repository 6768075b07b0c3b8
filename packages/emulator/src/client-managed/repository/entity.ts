import { randomUUID } from 'node:crypto'

/** What every entity of the repository has. */
export interface Entity {
  readonly id: string
  readonly createdDate: string
  readonly modifiedDate: string
  /** `DIRECTORY\user`. */
  readonly modifiedByUserName: string
}

/** Another entity, by its ID. */
export interface Reference {
  readonly id: string
}

/** The value of a custom property of an entity. */
export interface CustomPropertyValue extends Entity {
  readonly definition: Reference
  readonly value: string
}

/** What an administrator can attach to most entities. */
export interface Labelled {
  readonly tags: readonly Reference[]
  readonly customProperties: readonly CustomPropertyValue[]
}

/** The fields of an entity that its author decides. */
export type FieldsOf<Type extends Entity> = Omit<Type, keyof Entity>

/** Who changes the repository when it does so itself. */
export const repositoryAccount = 'INTERNAL\\sa_repository'

/** The head of a new entity, or of a part of one. */
export function newHead(now: Date, by: string = repositoryAccount, id: string = randomUUID()) {
  const at = now.toISOString()
  return { id, createdDate: at, modifiedDate: at, modifiedByUserName: by }
}
