import { type Collection, createCollection } from './collection.ts'
import type { Entity, Reference } from './entity.ts'

/** Professional or analyzer access that a user has. */
export interface AccessAllocation extends Entity {
  readonly user: Reference
  readonly lastUsed: string
  readonly excess: boolean
  readonly quarantined: boolean
  readonly quarantineEnd: string
}

/** The licence of a deployment and who has access by it. Nothing of the emulator asks for access. */
export interface Licence {
  /** How many users may have access of each kind. */
  readonly total: number
  readonly professional: Collection<AccessAllocation>
  readonly analyzer: Collection<AccessAllocation>
}

/** A licence of nobody yet. */
export function newLicence(now: () => Date): Licence {
  return { total: 1000, professional: createCollection(now), analyzer: createCollection(now) }
}
