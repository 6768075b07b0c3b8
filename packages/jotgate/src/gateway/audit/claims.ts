import type { Place } from './chain.ts'

/** A line that must be there, since something outside its file names it. */
export interface Claim {
  readonly place: Place
  /** What names it, to be read in a sentence: `the anchor in the store`. */
  readonly by: string
}

/** Claims that are met while the lines go by. */
export interface Claims {
  add(claim: Claim): void
  /** A line that was found, and fits. */
  meet(line: { readonly seq: number; readonly mac: string }): void
  /** Those that no line has met. */
  unmet(): readonly Claim[]
}

/** Begins with none. */
export function createClaims(): Claims {
  const open = new Map<string, Claim[]>()
  return {
    add(claim) {
      const same = open.get(claim.place.mac)
      if (same === undefined) open.set(claim.place.mac, [claim])
      else same.push(claim)
    },
    meet({ seq, mac }) {
      const claims = open.get(mac)
      if (claims === undefined) return
      const left = claims.filter(({ place }) => place.seq !== seq)
      if (left.length === 0) open.delete(mac)
      else open.set(mac, left)
    },
    unmet: () => [...open.values()].flat(),
  }
}
