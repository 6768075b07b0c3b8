import type { Entity } from './entity.ts'

/** A word that administrators attach to entities. */
export interface Tag extends Entity {
  readonly name: string
}

/** A property that administrators define, and give values for some types of entities. */
export interface CustomPropertyDefinition extends Entity {
  /** Rules name it behind an `@`. */
  readonly name: string
  readonly description: string
  readonly valueType: string
  /** The values that it takes. */
  readonly choiceValues: readonly string[]
  /** The types of entities that have it: `App`, `VirtualProxyConfig`. */
  readonly objectTypes: readonly string[]
}
