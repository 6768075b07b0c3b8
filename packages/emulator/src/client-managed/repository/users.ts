import type { Entity, FieldsOf, Labelled } from './entity.ts'

/** Something that a user directory says of a user: `attributeType` is `Group`, `Email` and the like. */
export interface UserAttribute {
  readonly attributeType: string
  readonly attributeValue: string
  readonly externalId: string
}

/** A user of the repository, found by `userDirectory` and `userId`. */
export interface User extends Entity, Labelled {
  readonly userId: string
  readonly userDirectory: string
  readonly userDirectoryConnectorName: string
  readonly name: string
  readonly roles: readonly string[]
  readonly attributes: readonly UserAttribute[]
  readonly inactive: boolean
  readonly removedExternally: boolean
  readonly blacklisted: boolean
  readonly deleteProhibited: boolean
}

/** Whom a login or a request names. */
export interface UserName {
  readonly directory: string
  readonly id: string
}

/** The fields of a new user. */
export function newUser(
  { directory, id }: UserName,
  changes: Partial<FieldsOf<User>> = {},
): FieldsOf<User> {
  return {
    tags: [],
    customProperties: [],
    userId: id,
    userDirectory: directory,
    userDirectoryConnectorName: directory,
    name: id,
    roles: [],
    attributes: [],
    inactive: false,
    removedExternally: false,
    blacklisted: false,
    deleteProhibited: false,
    ...changes,
  }
}

/** One name for all spellings: directories and IDs are compared without regard to case. */
export function userKey({ directory, id }: UserName): string {
  return JSON.stringify([directory.toUpperCase(), id.toUpperCase()])
}
