/** What a field of an entity holds. */
export type Field =
  | { readonly kind: 'string'; readonly maxLength?: number }
  | { readonly kind: 'strings' }
  | { readonly kind: 'guid' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'integer'; readonly min: number; readonly max: number }
  /** The place of a name is its number; `name` is what `about/api/enums` has it under. */
  | { readonly kind: 'enum'; readonly name: string; readonly values: readonly string[] }
  | { readonly kind: 'date' }
  /** Another entity, of the type that is named. */
  | { readonly kind: 'reference'; readonly to: string; readonly isOptional?: boolean }
  | { readonly kind: 'references'; readonly to: string }
  | { readonly kind: 'customProperties' }
  /** Values of several fields; a list of them, or one. All fields of a list's are required. */
  | { readonly kind: 'parts'; readonly schemaPath: string; readonly fields: Fields }
  | { readonly kind: 'part'; readonly schemaPath: string; readonly fields: Fields }

/** The fields of an entity by name. */
export interface Fields {
  readonly [name: string]: Field
}

export const text: Field = { kind: 'string' }
export const strings: Field = { kind: 'strings' }
export const yesNo: Field = { kind: 'boolean' }
export const date: Field = { kind: 'date' }

export function wholeNumber(min: number, max: number): Field {
  return { kind: 'integer', min, max }
}

export function oneOf(name: string, ...values: readonly string[]): Field {
  return { kind: 'enum', name, values }
}

/** What administrators attach to most entities. */
export const labels: Fields = {
  tags: { kind: 'references', to: 'Tag' },
  customProperties: { kind: 'customProperties' },
}

/** The fields that every entity has and nobody writes. */
export const headFields: Fields = {
  id: { kind: 'guid' },
  createdDate: date,
  modifiedDate: date,
  modifiedByUserName: text,
}
