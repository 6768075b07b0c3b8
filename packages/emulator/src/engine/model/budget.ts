import type { Budget } from '../expression/evaluate.ts'
import { expressionError } from '../expression/expression-error.ts'

/** Counts down from a number of operations; refuses what takes more than are left. */
export function createBudget(operations: number): Budget {
  let left = operations
  return {
    spend(spent) {
      if (spent > left)
        throw expressionError(`the calculation takes more than ${operations} operations`)
      left -= spent
    },
  }
}
