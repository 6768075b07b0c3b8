/** What a field of an object at Qlik holds: JSON, compared by value. */
export type Fields = Readonly<Record<string, unknown>>

/** Whose an object is: of this setup; of another setup of jotgate; nobody’s; or of the deployment itself. */
export type Owner = 'this-setup' | 'another-setup' | 'unmarked' | 'deployment'

/** An object as it was read at Qlik. */
export interface ActualObject {
  readonly id: string
  /** By what it is found again: issuer and key ID, an origin, a prefix. */
  readonly key: string
  readonly owner: Owner
  /** Every field that its kind knows, not only those that are wanted. */
  readonly fields: Fields
}

/** An object as it should be. */
export interface WantedObject {
  /** The name of its kind. */
  readonly kind: string
  readonly key: string
  /** Only the fields that matter; all others stay as they are. */
  readonly fields: Fields
  /** Where it follows from, for people: `gateway.publicUrl`, `the page’s origin`. */
  readonly because: string
  /** The same of single fields, where they follow from different things. */
  readonly reasons?: Readonly<Record<string, string>>
}

/**
 * A kind of object at Qlik: identity provider, web integration, virtual proxy. A kind only lists and writes; it
 * decides nothing. Every call throws the errors of the part `qlik`.
 */
export interface Kind {
  /** In words, singular: `web integration`. */
  readonly name: string
  /** The fields that Qlik lets nobody change, each with what it would cost to make the object again. */
  readonly fixed: Readonly<Record<string, string>>
  /** The fields that are lists whose order means nothing. */
  readonly unordered: readonly string[]
  /** What such a step brings with it beside the change, a sentence each: sessions that end, a service that restarts. */
  readonly warnings?: Readonly<Partial<Record<'create' | 'update' | 'delete', string>>>
  /**
   * Of a setting of the whole deployment: the fields as Qlik has them where nobody has changed them. It is set back to
   * these when that is asked for; without them it stays.
   */
  readonly defaults?: Fields
  list(): Promise<readonly ActualObject[]>
  /** Makes an object that bears the mark of this setup. */
  create(wanted: WantedObject): Promise<void>
  /** Writes these fields, and the mark of this setup; all others stay as they are. */
  update(actual: ActualObject, fields: Fields): Promise<void>
  /** Never called for an object whose owner is not this setup. */
  remove(actual: ActualObject): Promise<void>
}

/** A right that is missing. */
export interface MissingRight {
  /** What cannot be done without it: `change web integrations`. */
  readonly what: string
  /** The role or security rule that gives it. */
  readonly givenBy: string
}

/** What a product makes of the settings: in this order objects are made, in the opposite one removed. */
export interface Provisioning {
  readonly kinds: readonly Kind[]
  readonly wanted: readonly WantedObject[]
  /** What is not looked at with the rights at hand, a sentence each. */
  readonly notChecked: readonly string[]
  /** Asked before anything is written. */
  missingRights(): Promise<readonly MissingRight[]>
}
