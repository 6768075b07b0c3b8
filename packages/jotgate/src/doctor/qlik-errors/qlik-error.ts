import type { Certainty } from '../../values/index.ts'

/** An error of Qlik's that public material shows, explained in our own words. */
export interface QlikError {
  /** Qlik's code; where Qlik gives none, a name from jotgate. Not used again for something else. */
  readonly name: string
  readonly product: 'cloud' | 'client-managed' | 'both'
  /** What Qlik, or Qlik's own client, says: titles and details; none where only a name is known. */
  readonly texts: readonly string[]
  /** The status or notification, and where it is met. */
  readonly where: string
  readonly cause: string
  readonly action: string
  readonly source: string
  /** How sure the cause is; `inferred` also where only third parties tell of it. */
  readonly certainty: Certainty
}
