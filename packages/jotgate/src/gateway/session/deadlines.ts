/** Tells when moments have come, for many at a time. A deadline may move later, which costs nothing. */
export interface Deadlines<Entry> {
  add(entry: Entry): void
  delete(entry: Entry): void
  /** Gives those whose deadline has come, and forgets them. */
  due(now: number): Entry[]
}

const slotMs = 1000

/**
 * Makes slots of one second. An entry stays in the slot of the deadline that it had when it was put there, and is
 * asked again when that second has come: a session that is used a hundred times a second moves twice an hour.
 *
 * @param deadlineOf the deadline as it is now, in milliseconds since 1970; it must not become earlier
 */
export function createDeadlines<Entry extends object>(
  deadlineOf: (entry: Entry) => number,
): Deadlines<Entry> {
  const slots = new Map<number, Set<Entry>>()
  const slotOfEntry = new Map<Entry, number>()

  const remove = (entry: Entry) => {
    const slot = slotOfEntry.get(entry)
    if (slot === undefined) return
    slotOfEntry.delete(entry)
    const entries = slots.get(slot)
    entries?.delete(entry)
    if (entries?.size === 0) slots.delete(slot)
  }

  const add = (entry: Entry) => {
    remove(entry)
    const slot = Math.ceil(deadlineOf(entry) / slotMs)
    slotOfEntry.set(entry, slot)
    const entries = slots.get(slot)
    if (entries === undefined) slots.set(slot, new Set([entry]))
    else entries.add(entry)
  }

  return {
    add,
    delete: remove,
    due(now) {
      const due: Entry[] = []
      const come = [...slots].filter(([slot]) => slot * slotMs <= now)
      for (const entry of come.flatMap(([, entries]) => [...entries])) {
        if (deadlineOf(entry) > now) add(entry)
        else {
          remove(entry)
          due.push(entry)
        }
      }
      return due
    },
  }
}
