import { finite, toNumber, type Value } from '../expression/value.ts'
import { objectAt, textAt } from '../json.ts'
import type { CubeMeasure } from './cube.ts'

/**
 * The total of a measure as `qAggrFunc` asks: the expression over all rows (`Expr`, the default), none
 * (`None`), or an aggregation of the shown groups' values.
 */
export function totalOf(measure: CubeMeasure, groups: Int32Array): Value {
  const name = textAt(objectAt(measure.source, 'qDef'), 'qAggrFunc', 'Expr').toLowerCase()
  if (name === 'expr' || name === '') return measure.total
  const numbers = [...groups].flatMap((group) => {
    const number = toNumber(measure.values[group] ?? null)
    return Number.isNaN(number) ? [] : [number]
  })
  const sum = numbers.reduce((before, number) => before + number, 0)
  switch (name) {
    case 'sum':
      return sum
    case 'count':
      return numbers.length
    case 'avg':
      return finite(sum / numbers.length)
    case 'min':
      return finite(numbers.reduce((least, number) => Math.min(least, number), Infinity))
    case 'max':
      return finite(numbers.reduce((most, number) => Math.max(most, number), -Infinity))
    default:
      return null
  }
}
