import type { CubeContext } from '../cube/cube.ts'
import type { FieldStates } from '../cube/field-states.ts'
import type { ListContext } from '../cube/list-object.ts'
import { type Budget, evaluateByGroup } from '../expression/evaluate.ts'
import { type ExpansionSource, expandDollars } from '../expression/expand.ts'
import { isExpressionError } from '../expression/expression-error.ts'
import { parseExpression } from '../expression/parse.ts'
import { toNumber, toText, type Value } from '../expression/value.ts'
import { jsonNumber, textAt } from '../json.ts'
import { engineLimits } from '../limits.ts'
import { createBudget } from './budget.ts'
import type { Doc, GenericObject } from './doc.ts'

/** Texts are sorted as English has them, whatever language the app is in; see the README. */
const collator = new Intl.Collator('en')

/** The states of values under the present selections. */
export function statesOf(doc: Doc): FieldStates {
  return doc.association(doc.selection.state)
}

/**
 * What an object's cubes and lists are computed from. An object that is being selected in keeps the
 * rows of the moment when that began: a chart whose other bars vanished could not be gone on in.
 */
export function contextOf(doc: Doc, object?: GenericObject): CubeContext & ListContext {
  const { modal, state } = doc.selection
  const isModal = modal !== undefined && modal.objectId === object?.id
  const shown = doc.association(isModal ? modal.before : state)
  return {
    table: doc.table,
    rows: shown.rows,
    budget: doc.budget,
    compareText: collator.compare,
    expand: (text) => expandDollars(text, expansionSource(doc)),
    stateForSorting: shown.stateOf,
  }
}

function expansionSource(doc: Doc): ExpansionSource {
  return {
    variable: (name) => {
      for (const { properties } of doc.variables.values()) {
        if (textAt(properties, 'qName') === name) return textAt(properties, 'qDefinition')
      }
      return undefined
    },
    evaluate: (expression) => toText(evaluate(doc, expression)) ?? '',
  }
}

/** The value of an expression over all rows that the selections leave. It is computed without a pause, so its limit is low. */
export function evaluate(doc: Doc, text: string): Value {
  const { table, rows, expand } = contextOf(doc)
  const groups = new Int32Array(rows.length)
  const own = createBudget(engineLimits.textOperations.value)
  const budget: Budget = {
    spend(operations) {
      own.spend(operations)
      doc.budget.spend(operations)
    },
  }
  const grouped = { table, rows, groups, groupCount: 1, budget }
  const [value] = evaluateByGroup(parseExpression(expand(text)), grouped)
  return value ?? null
}

/** A property text is an expression only when it begins with `=`. */
export function stringExpression(doc: Doc, text: string): string {
  return explained(() => {
    const expanded = contextOf(doc).expand(text)
    if (!expanded.trimStart().startsWith('=')) return expanded
    return toText(evaluate(doc, expanded)) ?? '-'
  })
}

export function valueExpression(doc: Doc, text: string): number | string {
  if (text.trim() === '') return 'NaN'
  return explained(() => jsonNumber(toNumber(evaluate(doc, text))))
}

/** The engine shows an expression's error in the place of its value. */
function explained<Result>(read: () => Result): Result | string {
  try {
    return read()
  } catch (error) {
    if (isExpressionError(error)) return `Error: ${error.message}`
    throw error
  }
}
