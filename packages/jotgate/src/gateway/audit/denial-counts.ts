import { definedOf } from '../../values/index.ts'
import { toMembers } from './audit-line.ts'

/** Denials without a session, counted: a flood of them must not fill the disk. */
export interface DenialCounts {
  add(denial: { readonly address: string; readonly reason: string; readonly site?: string }): void
  /** The lines of what was counted since, as members; the counts begin again. */
  take(at: number): readonly string[]
}

/** @param maxPairs pairs of address and reason that are counted each for itself; all others are one */
export function createDenialCounts(maxPairs: number): DenialCounts {
  const counts = new Map<string, Counted>()
  return {
    add(denial) {
      // Cut here, so that what is kept is bounded. Nothing can be thrown later, from a timer.
      const address = String(denial.address).slice(0, maxLength)
      const reason = String(denial.reason).slice(0, maxLength)
      const { site } = denial
      const key = JSON.stringify([address, reason, site])
      const known = counts.get(key)
      if (known !== undefined) known.count += 1
      else if (counts.size < maxPairs)
        counts.set(key, { address, reason, count: 1, ...definedOf({ site }) })
      else {
        const others: Counted = counts.get(othersKey) ?? {
          address: 'others',
          reason: 'various',
          count: 0,
        }
        others.count += 1
        counts.set(othersKey, others)
      }
    },
    take(at) {
      const lines = [...counts.values()].map((one) => toMembers({ event: 'denied', ...one }, at))
      counts.clear()
      return lines
    },
  }
}

interface Counted {
  readonly address: string
  readonly reason: string
  readonly site?: string
  count: number
}

const maxLength = 200

/** Not the JSON of a pair, so no address can have it. */
const othersKey = ''
