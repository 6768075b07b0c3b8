import type { Field } from '../data/table.ts'
import type { Steps } from '../slices.ts'

/** The combinations of values that some rows hold. */
export interface Grouping {
  /** For each row the number of its combination; combinations are numbered as they first appear. */
  readonly groups: Int32Array
  readonly groupCount: number
  /** For each field the element of each combination; -1 is null. */
  readonly elements: readonly Int32Array[]
}

/** Up to this many cells a table of integers beats a Map, by far; 16 MB. */
const denseLimit = 4_194_304

/**
 * Numbers the distinct combinations of the fields' values in these rows: field by field, so that
 * each step looks up one integer a row, however many fields there are.
 *
 * @param rows the rows that count
 * @param fields none gives one group, also when there are no rows: a KPI of nothing is still shown
 */
export function* groupRows(rows: Int32Array, fields: readonly Field[]): Steps<Grouping> {
  let groups = new Int32Array(rows.length)
  let groupCount = 1
  let elements: Int32Array[] = []
  for (const field of fields) {
    yield
    const step = combine(rows, groups, groupCount, field)
    elements = elements.map((column) => step.parents.map((parent) => column[parent] ?? -1))
    elements.push(step.elements)
    groups = step.groups
    groupCount = step.elements.length
  }
  return { groups, groupCount, elements }
}

function combine(rows: Int32Array, groups: Int32Array, groupCount: number, field: Field) {
  const width = field.values.length + 1
  const number = groupCount * width <= denseLimit ? denseNumbers(groupCount * width) : mapNumbers()
  const combined = new Int32Array(rows.length)
  const parents: number[] = []
  const elements: number[] = []
  for (let index = 0; index < rows.length; index += 1) {
    const parent = groups[index] ?? 0
    const element = field.elements[rows[index] ?? 0] ?? -1
    const group = number(parent * width + element + 1, parents.length)
    if (group === parents.length) {
      parents.push(parent)
      elements.push(element)
    }
    combined[index] = group
  }
  return {
    groups: combined,
    parents: Int32Array.from(parents),
    elements: Int32Array.from(elements),
  }
}

/** Gives the number of a key, and `next` to a key that has none yet. */
type Numbers = (key: number, next: number) => number

function denseNumbers(size: number): Numbers {
  const numbers = new Int32Array(size)
  return (key, next) => {
    const known = numbers[key] ?? 0
    if (known > 0) return known - 1
    numbers[key] = next + 1
    return next
  }
}

function mapNumbers(): Numbers {
  const numbers = new Map<number, number>()
  return (key, next) => {
    const known = numbers.get(key)
    if (known !== undefined) return known
    numbers.set(key, next)
    return next
  }
}
