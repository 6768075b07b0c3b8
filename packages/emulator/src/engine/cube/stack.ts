import { evaluateInSteps } from '../expression/evaluate.ts'
import { toNumber, toText } from '../expression/value.ts'
import { type JsonObject, jsonNumber, numberAt } from '../json.ts'
import { engineLimits } from '../limits.ts'
import type { Steps } from '../slices.ts'
import { attributeCell } from './attributes.ts'
import { dimensionCell } from './cells.ts'
import type { Cube } from './cube.ts'
import type { FieldStates } from './field-states.ts'
import { formatNumber } from './number-format.ts'
import type { Page } from './page.ts'
import { byNumber } from './sort.ts'

/** One value of a dimension below its parent's, with the cube's groups that lie under it. */
interface Branch {
  readonly element: number
  readonly groups: readonly number[]
  readonly branches: readonly Branch[]
}

/** A cube as a tree: the first dimension's values, below each the next one's, last the measures. */
export interface Stack {
  readonly cube: Cube
  readonly branches: readonly Branch[]
  /** The most leaves under one value of the first dimension. */
  readonly width: number
}

/** Makes the tree of `qMode` K from a computed cube. */
export function* toStack(cube: Cube): Steps<Stack> {
  const orders: (Compare | undefined)[] = []
  for (const level of cube.dimensions.keys()) orders.push(yield* measureOrder(cube, level))
  yield
  const branches = branch(cube, [...cube.order], 0, orders)
  const perGroup = Math.max(cube.measures.length, 1)
  const width = branches.reduce((most, { groups }) => Math.max(most, groups.length * perGroup), 0)
  return { cube, branches, width }
}

/** Compares two branches of one level by a group that lies under each. */
type Compare = (left: number, right: number) => number

/**
 * Branches keep the order that the rows of the cube have, unless a measure sorts before their
 * dimension: then a branch is sorted by its own total, not by that of its first row.
 */
function branch(
  cube: Cube,
  groups: readonly number[],
  level: number,
  orders: readonly (Compare | undefined)[],
): Branch[] {
  const column = cube.elements[level]
  if (column === undefined) return []
  const byElement = new Map<number, number[]>()
  for (const group of groups) {
    const element = column[group] ?? -1
    const known = byElement.get(element)
    if (known === undefined) byElement.set(element, [group])
    else known.push(group)
  }
  const branches = [...byElement].map(
    ([element, below]): Branch => ({
      element,
      groups: below,
      branches: branch(cube, below, level + 1, orders),
    }),
  )
  const compare = orders[level]
  if (compare === undefined) return branches
  return branches.sort((left, right) => compare(left.groups[0] ?? 0, right.groups[0] ?? 0))
}

/** How a measure orders the branches of a level; undefined where their dimension itself does. */
function* measureOrder(cube: Cube, level: number): Steps<Compare | undefined> {
  const count = cube.dimensions.length
  const byTotal = numberAt(cube.definition, 'qSortbyYValue')
  const column =
    level === 0 && byTotal !== 0
      ? count
      : cube.sortOrder.find((each) => each === level || each >= count)
  const measure = column === undefined || column < count ? undefined : cube.measures[column - count]
  const direction =
    level === 0 && byTotal !== 0 ? byTotal : numberAt(measure?.sortCriteria ?? {}, 'qSortByNumeric')
  const { data } = cube
  if (measure?.expression === undefined || direction === 0 || data === undefined) return undefined
  // On the last level a branch is a group: its total is known.
  if (level === count - 1)
    return byNumber((group) => toNumber(measure.values[group] ?? null), direction)
  const branches = branchNumbers(cube, level, data.groupCount)
  const totals = yield* evaluateInSteps(measure.expression, {
    ...data,
    groups: data.groups.map((group) => branches.ofGroup[group] ?? 0),
    groupCount: branches.count,
  })
  const total = (group: number): number => toNumber(totals[branches.ofGroup[group] ?? 0] ?? null)
  return byNumber(total, direction)
}

/** Numbers the branches of a level: all groups that have the dimensions down to it in common. */
function branchNumbers(cube: Cube, level: number, groupCount: number) {
  let ofGroup = new Int32Array(groupCount)
  let count = 1
  for (const column of cube.elements.slice(0, level + 1)) {
    const numbers = new Map<string, number>()
    ofGroup = ofGroup.map((parent, group) => {
      const key = `${parent} ${column[group] ?? -1}`
      const known = numbers.get(key)
      if (known !== undefined) return known
      numbers.set(key, numbers.size)
      return numbers.size - 1
    })
    count = numbers.size
  }
  return { ofGroup, count }
}

/** Writes pages of a stack, one after the other with pauses, each of so many cells at most. */
export function* toStackPages(
  stack: Stack,
  pages: readonly Page[],
  states: FieldStates,
  cellLimit: number = engineLimits.pageCells.value,
): Steps<JsonObject[]> {
  const written: JsonObject[] = []
  for (const page of pages) {
    yield
    written.push(toStackPage(stack, page, states, cellLimit))
  }
  return written
}

/**
 * Writes a page of a stack. Its area counts values of the first dimension downwards and leaves
 * across: the other way round only the first bar would be drawn.
 */
export function toStackPage(
  stack: Stack,
  page: Page,
  states: FieldStates,
  cellLimit: number,
): JsonObject {
  const shown: Branch[] = []
  let cells = 0
  for (const each of stack.branches.slice(page.top, page.top + page.height)) {
    cells += each.groups.length * Math.max(stack.cube.measures.length, 1)
    // One value is always given, or a client that asks on for the rest would never come to an end.
    if (cells > cellLimit && shown.length > 0) break
    shown.push(each)
  }
  const counter = { node: 0, row: 0 }
  const nodes = shown.map((each) => toNode(stack.cube, each, 0, 0, states, counter))
  const root = {
    qElemNo: 0,
    qNodeNr: 0,
    qParentNode: -1,
    qRow: 0,
    qType: 'R',
    qValue: 0,
    qUp: page.top,
    qDown: Math.max(stack.branches.length - page.top - shown.length, 0),
    ...sums(nodes),
    qSubNodes: nodes,
  }
  const area = { qLeft: 0, qTop: page.top, qWidth: stack.width, qHeight: shown.length }
  return { qData: [root], qArea: area }
}

function toNode(
  cube: Cube,
  { element, groups, branches }: Branch,
  level: number,
  parent: number,
  states: FieldStates,
  counter: { node: number; row: number },
): JsonObject {
  counter.node += 1
  const nodeNumber = counter.node
  const { row } = counter
  const field = cube.dimensions[level]?.field
  const state = field === undefined || element < 0 ? 'O' : states.stateOf(field, element)
  const cell = dimensionCell(field, element, state)
  const below =
    branches.length > 0
      ? branches.map((each) => toNode(cube, each, level + 1, nodeNumber, states, counter))
      : leaves(cube, groups[0] ?? 0, nodeNumber, counter)
  return {
    qText: cell.qText ?? '-',
    qElemNo: cell.qElemNumber ?? -1,
    qNodeNr: nodeNumber,
    qParentNode: parent,
    qRow: row,
    qType: cell.qIsNull === true ? 'U' : 'N',
    qValue: cell.qNum ?? 'NaN',
    qState: cell.qState ?? 'O',
    ...attributeCell(cube.attributes[level] ?? [], element + 1),
    qUp: 0,
    qDown: 0,
    ...sums(below),
    qSubNodes: below,
  }
}

function leaves(
  cube: Cube,
  group: number,
  parent: number,
  counter: { node: number; row: number },
): JsonObject[] {
  counter.row += 1
  return cube.measures.map((measure, index) => {
    counter.node += 1
    const value = measure.values[group] ?? null
    const number = typeof value === 'string' ? Number.NaN : toNumber(value)
    const text = Number.isNaN(number)
      ? (toText(value) ?? '-')
      : formatNumber(number, measure.format)
    return {
      qText: text,
      qElemNo: index,
      qNodeNr: counter.node,
      qParentNode: parent,
      qRow: counter.row - 1,
      qType: value === null ? 'U' : 'V',
      qValue: jsonNumber(number),
      qState: 'L',
      ...attributeCell(cube.attributes[cube.dimensions.length + index] ?? [], group),
      qUp: 0,
      qDown: 0,
      qMaxPos: Math.max(number || 0, 0),
      qMinNeg: Math.min(number || 0, 0),
      qSubNodes: [],
    }
  })
}

/** The axis of a stacked chart reaches from the sum of what is negative to that of what is positive. */
function sums(nodes: readonly JsonObject[]): { qMaxPos: number; qMinNeg: number } {
  return {
    qMaxPos: nodes.reduce((sum, node) => sum + Number(node.qMaxPos), 0),
    qMinNeg: nodes.reduce((sum, node) => sum + Number(node.qMinNeg), 0),
  }
}
