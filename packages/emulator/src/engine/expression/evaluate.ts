import type { Field, Table } from '../data/table.ts'
import { expressionError } from './expression-error.ts'
import { applyOperator } from './operators.ts'
import type { AggregationName, Expression } from './parse.ts'
import { finite, isTrue, toKey, toNumber, type Value } from './value.ts'

/** Rows of a table, each in one group. */
export interface GroupedRows {
  readonly table: Table
  /** The rows that count, in load order. */
  readonly rows: Int32Array
  /** For each of `rows` the group that it belongs to. */
  readonly groups: Int32Array
  readonly groupCount: number
}

/** Evaluates an expression once for each group; a field outside an aggregation is Only(field). */
export function evaluateByGroup(expression: Expression, data: GroupedRows): Value[] {
  const { groupCount } = data
  switch (expression.kind) {
    case 'number':
    case 'text':
      return new Array<Value>(groupCount).fill(expression.value)
    case 'field':
      return aggregate('only', false, expression, data)
    case 'aggregation':
      return aggregate(expression.name, expression.distinct, expression.argument, data)
    default: {
      const operands = operandsOf(expression).map((operand) => evaluateByGroup(operand, data))
      return Array.from({ length: groupCount }, (_, group) =>
        applyNode(expression, (index) => operands[index]?.[group] ?? null),
      )
    }
  }
}

type CompoundExpression = Extract<Expression, { kind: 'call' | 'negate' | 'not' | 'binary' }>

function operandsOf(expression: CompoundExpression): readonly Expression[] {
  if (expression.kind === 'call') return expression.arguments
  if (expression.kind === 'binary') return [expression.left, expression.right]
  return [expression.operand]
}

function applyNode(expression: CompoundExpression, operand: (index: number) => Value): Value {
  switch (expression.kind) {
    case 'binary':
      return applyOperator(expression.operator, operand(0), operand(1))
    case 'negate':
      return finite(-toNumber(operand(0)))
    case 'not':
      return isTrue(operand(0)) ? 0 : -1
    case 'call':
      if (expression.name === 'if') return isTrue(operand(0)) ? operand(1) : operand(2)
      if (expression.name === 'isnull') return operand(0) === null ? -1 : 0
      return null
  }
}

/** Finds a field or refuses the expression. */
function fieldOf(table: Table, name: string): Field {
  const field = table.field(name)
  if (field === undefined) throw expressionError(`there is no field "${name}"`)
  return field
}

/** Makes a function that gives the value of an expression in one row. */
function toRowFunction(expression: Expression, table: Table): (row: number) => Value {
  switch (expression.kind) {
    case 'number':
    case 'text': {
      const { value } = expression
      return () => value
    }
    case 'field': {
      const { elements, values } = fieldOf(table, expression.name)
      return (row) => values[elements[row] ?? -1] ?? null
    }
    case 'aggregation':
      throw expressionError(`${expression.name} cannot stand here`)
    default: {
      const operands = operandsOf(expression).map((operand) => toRowFunction(operand, table))
      return (row) => applyNode(expression, (index) => operands[index]?.(row) ?? null)
    }
  }
}

/** The numbers and the identities of an aggregation's argument, row by row. */
interface Argument {
  /** NaN where the row has no number. */
  number(row: number): number
  value(row: number): Value
  /** A small integer that is equal for equal values; -1 for null. */
  identity(row: number): number
}

function toArgument(expression: Expression, table: Table): Argument {
  if (expression.kind === 'field') {
    const { elements, numbers, values } = fieldOf(table, expression.name)
    return {
      number: (row) => numbers[elements[row] ?? -1] ?? Number.NaN,
      value: (row) => values[elements[row] ?? -1] ?? null,
      identity: (row) => elements[row] ?? -1,
    }
  }
  const value = toRowFunction(expression, table)
  const identities = new Map<string | number, number>()
  return {
    number: (row) => toNumber(value(row)),
    value,
    identity: (row) => {
      const key = toKey(value(row))
      if (key === null) return -1
      const known = identities.get(key)
      if (known !== undefined) return known
      identities.set(key, identities.size)
      return identities.size - 1
    },
  }
}

function aggregate(
  name: AggregationName,
  distinct: boolean,
  expression: Expression,
  data: GroupedRows,
): Value[] {
  const argument = toArgument(expression, data.table)
  if (name === 'only') return onlyValues(argument, data)
  const each = distinct ? distinctRows(argument, data) : allRows(data)
  if (name === 'count') {
    const counts = new Float64Array(data.groupCount)
    each((row, group) => {
      if (argument.identity(row) >= 0) counts[group] = (counts[group] ?? 0) + 1
    })
    return Array.from(counts)
  }
  return numericAggregate(name, argument, each, data.groupCount)
}

type EachRow = (visit: (row: number, group: number) => void) => void

function allRows({ rows, groups }: GroupedRows): EachRow {
  return (visit) => {
    for (let index = 0; index < rows.length; index += 1) {
      visit(rows[index] ?? 0, groups[index] ?? 0)
    }
  }
}

/** Visits each value of the argument once a group, at its first row. */
function distinctRows(argument: Argument, data: GroupedRows): EachRow {
  return (visit) => {
    const seen = new Set<number>()
    allRows(data)((row, group) => {
      const identity = argument.identity(row)
      if (identity < 0) return
      const key = identity * data.groupCount + group
      if (seen.has(key)) return
      seen.add(key)
      visit(row, group)
    })
  }
}

function numericAggregate(
  name: 'sum' | 'avg' | 'min' | 'max',
  argument: Argument,
  each: EachRow,
  groupCount: number,
): Value[] {
  const counts = new Float64Array(groupCount)
  const start =
    name === 'min' ? Number.POSITIVE_INFINITY : name === 'max' ? Number.NEGATIVE_INFINITY : 0
  const results = new Float64Array(groupCount).fill(start)
  each((row, group) => {
    const number = argument.number(row)
    if (Number.isNaN(number)) return
    const before = results[group] ?? 0
    counts[group] = (counts[group] ?? 0) + 1
    if (name === 'min') results[group] = Math.min(before, number)
    else if (name === 'max') results[group] = Math.max(before, number)
    else results[group] = before + number
  })
  return Array.from(results, (result, group) => {
    const count = counts[group] ?? 0
    // The sum of nothing is 0; nothing has no average, least or greatest.
    if (name === 'sum') return result
    if (count === 0) return null
    return name === 'avg' ? result / count : result
  })
}

/** The value that all rows of the group share; null where there are several or none. */
function onlyValues(argument: Argument, data: GroupedRows): Value[] {
  const found = new Int32Array(data.groupCount).fill(-1)
  const several = new Uint8Array(data.groupCount)
  const results = new Array<Value>(data.groupCount).fill(null)
  allRows(data)((row, group) => {
    const identity = argument.identity(row)
    if (identity < 0 || identity === found[group]) return
    if ((found[group] ?? -1) >= 0) several[group] = 1
    else {
      found[group] = identity
      results[group] = argument.value(row)
    }
  })
  return results.map((value, group) => (several[group] === 1 ? null : value))
}
