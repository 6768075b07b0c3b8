import type { Entity, Labelled, Reference } from './entity.ts'

/** A stream: apps are published to it. */
export interface Stream extends Entity, Labelled {
  readonly name: string
  readonly owner: Reference
}

/** An app of the engine, as the repository has it. */
export interface App extends Entity, Labelled {
  readonly name: string
  readonly description: string
  readonly owner: Reference
  readonly published: boolean
  /** Null while it is not published. */
  readonly publishTime: string | null
  /** Null while it is not published: only its owner has it then. */
  readonly stream: Reference | null
}
