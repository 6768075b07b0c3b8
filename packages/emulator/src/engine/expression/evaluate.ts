import type { Field, Table } from '../data/table.ts'
import { finish, type Steps } from '../slices.ts'
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
  /** What the call may still compute; none where nothing is counted. */
  readonly budget?: Budget | undefined
}

/** Counts operations; `spend` throws an expression error when there are not enough left. */
export interface Budget {
  spend(operations: number): void
}

/** Evaluates an expression once for each group; a field outside an aggregation is Only(field). */
export function evaluateByGroup(expression: Expression, data: GroupedRows): Value[] {
  return finish(evaluateInSteps(expression, data))
}

/**
 * The same, with pauses.
 *
 * @throws an expression error when the call has no operations left for it
 */
export function* evaluateInSteps(expression: Expression, data: GroupedRows): Steps<Value[]> {
  data.budget?.spend(operationsOf(expression, data))
  return yield* evaluateNode(expression, data)
}

function* evaluateNode(expression: Expression, data: GroupedRows): Steps<Value[]> {
  const { groupCount } = data
  switch (expression.kind) {
    case 'number':
    case 'text':
      return new Array<Value>(groupCount).fill(expression.value)
    case 'field':
      return yield* aggregate('only', false, expression, data)
    case 'aggregation':
      return yield* aggregate(expression.name, expression.distinct, expression.argument, data)
    default: {
      const operands: Value[][] = []
      for (const operand of operandsOf(expression))
        operands.push(yield* evaluateNode(operand, data))
      const results = new Array<Value>(groupCount).fill(null)
      for (let group = 0; group < groupCount; group += 1) {
        if (group % rowsAtOnce === 0) yield
        results[group] = applyNode(expression, (index) => operands[index]?.[group] ?? null)
      }
      return results
    }
  }
}

/** How many rows are visited between two pauses by an expression of one node. */
const rowsAtOnce = 16_384

/** What an expression costs: inside an aggregation each node is visited once a row, outside once a group. */
function operationsOf(expression: Expression, data: GroupedRows): number {
  const { rows, groupCount } = data
  if (expression.kind === 'aggregation') return nodesOf(expression) * rows.length
  if (expression.kind === 'field') return rows.length
  if (expression.kind === 'number' || expression.kind === 'text') return groupCount
  return operandsOf(expression).reduce(
    (sum, operand) => sum + operationsOf(operand, data),
    groupCount,
  )
}

function nodesOf(expression: Expression): number {
  switch (expression.kind) {
    case 'number':
    case 'text':
    case 'field':
      return 1
    case 'aggregation':
      return 1 + nodesOf(expression.argument)
    default:
      return operandsOf(expression).reduce((sum, operand) => sum + nodesOf(operand), 1)
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

function* aggregate(
  name: AggregationName,
  distinct: boolean,
  expression: Expression,
  data: GroupedRows,
): Steps<Value[]> {
  const argument = toArgument(expression, data.table)
  const rows: RowsInSteps = {
    data,
    atOnce: Math.max(64, Math.trunc(rowsAtOnce / nodesOf(expression))),
  }
  if (name === 'only') return yield* onlyValues(argument, rows)
  const each = distinct ? distinctRows(argument, data.groupCount) : (visit: Visit) => visit
  if (name === 'count') {
    const counts = new Float64Array(data.groupCount)
    yield* visitRows(
      rows,
      each((row, group) => {
        if (argument.identity(row) >= 0) counts[group] = (counts[group] ?? 0) + 1
      }),
    )
    return Array.from(counts)
  }
  return yield* numericAggregate(name, argument, rows, each)
}

type Visit = (row: number, group: number) => void

interface RowsInSteps {
  readonly data: GroupedRows
  /** How many rows are visited between two pauses. */
  readonly atOnce: number
}

function* visitRows({ data: { rows, groups }, atOnce }: RowsInSteps, visit: Visit): Steps<void> {
  for (let index = 0; index < rows.length; index += 1) {
    if (index % atOnce === 0) yield
    visit(rows[index] ?? 0, groups[index] ?? 0)
  }
}

/** Visits each value of the argument once a group, at its first row. */
function distinctRows(argument: Argument, groupCount: number): (visit: Visit) => Visit {
  const seen = new Set<number>()
  return (visit) => (row, group) => {
    const identity = argument.identity(row)
    if (identity < 0) return
    const key = identity * groupCount + group
    if (seen.has(key)) return
    seen.add(key)
    visit(row, group)
  }
}

function* numericAggregate(
  name: 'sum' | 'avg' | 'min' | 'max',
  argument: Argument,
  rows: RowsInSteps,
  each: (visit: Visit) => Visit,
): Steps<Value[]> {
  const { groupCount } = rows.data
  const counts = new Float64Array(groupCount)
  const start =
    name === 'min' ? Number.POSITIVE_INFINITY : name === 'max' ? Number.NEGATIVE_INFINITY : 0
  const results = new Float64Array(groupCount).fill(start)
  yield* visitRows(
    rows,
    each((row, group) => {
      const number = argument.number(row)
      if (Number.isNaN(number)) return
      const before = results[group] ?? 0
      counts[group] = (counts[group] ?? 0) + 1
      if (name === 'min') results[group] = Math.min(before, number)
      else if (name === 'max') results[group] = Math.max(before, number)
      else results[group] = before + number
    }),
  )
  return Array.from(results, (result, group) => {
    const count = counts[group] ?? 0
    // The sum of nothing is 0; nothing has no average, least or greatest.
    if (name === 'sum') return result
    if (count === 0) return null
    return name === 'avg' ? result / count : result
  })
}

/** The value that all rows of the group share; null where there are several or none. */
function* onlyValues(argument: Argument, rows: RowsInSteps): Steps<Value[]> {
  const { groupCount } = rows.data
  const found = new Int32Array(groupCount).fill(-1)
  const several = new Uint8Array(groupCount)
  const results = new Array<Value>(groupCount).fill(null)
  yield* visitRows(rows, (row, group) => {
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
