import type { Draft } from './entities/entity-type.ts'
import { type FindEntity, fieldReader } from './field-reader.ts'
import type { Fields } from './fields.ts'

/** Says which of two entities comes first. */
export type Order = (one: Draft, other: Draft) => number

const columnLimit = 10

function compare(one: unknown, other: unknown): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  return String(one ?? '').localeCompare(String(other ?? ''), 'en', { sensitivity: 'base' })
}

/**
 * Reads an order: `name asc, modifiedDate desc`.
 *
 * @returns undefined for a text that is not an order, or names an unknown field
 */
export function parseOrder(
  text: string,
  { fields, find }: { fields: Fields; find: FindEntity },
): Order | undefined {
  const orders: Order[] = []
  for (const column of text.split(',', columnLimit)) {
    const [, path = '', direction = 'asc'] =
      /^\s*([\w.]+)(?:\s+(asc|desc))?\s*$/i.exec(column) ?? []
    const found = fieldReader(fields, path.split('.', columnLimit), find)
    if (found === undefined) return undefined
    const sign = direction.toLowerCase() === 'desc' ? -1 : 1
    orders.push((one, other) => sign * compare(found.read(one)[0], found.read(other)[0]))
  }
  return (one, other) => {
    for (const order of orders) {
      const difference = order(one, other)
      if (difference !== 0) return difference
    }
    return 0
  }
}
