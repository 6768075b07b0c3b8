/** Things that are under way: they come and go by the thousand, in no order. */
export interface UnderWay<Value> {
  /** @returns what takes it out again */
  add(value: Value): () => void
  /** Those that are in it now. */
  list(): Value[]
}

/**
 * Keeps them in one array that lasts. A `Set` or `Map` makes a new table after each few dozen changes, and the one
 * before, which refers to the next, keeps alive what was in it until the next full garbage collection: half of all
 * requests, with all that belongs to them.
 */
export function createUnderWay<Value>(): UnderWay<Value> {
  const slots: { readonly value: Value; at: number }[] = []
  return {
    add(value) {
      const slot = { value, at: slots.length }
      slots.push(slot)
      return () => {
        if (slots[slot.at] !== slot) return
        const last = slots.pop()
        if (last === undefined || last === slot) return
        last.at = slot.at
        slots[slot.at] = last
      }
    },
    list: () => slots.map(({ value }) => value),
  }
}
