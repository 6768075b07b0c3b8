import type { BinaryOperator } from './parse.ts'
import { finite, isTrue, toNumber, toText, type Value } from './value.ts'

const truth = (holds: boolean): number => (holds ? -1 : 0)

/** Applies an operator to two values. Arithmetic with null, text or a zero divisor is null. */
export function applyOperator(operator: BinaryOperator, left: Value, right: Value): Value {
  switch (operator) {
    case '+':
      return finite(toNumber(left) + toNumber(right))
    case '-':
      return finite(toNumber(left) - toNumber(right))
    case '*':
      return finite(toNumber(left) * toNumber(right))
    case '/':
      return finite(toNumber(left) / toNumber(right))
    case '&':
      return `${toText(left) ?? ''}${toText(right) ?? ''}`
    case 'and':
      return truth(isTrue(left) && isTrue(right))
    case 'or':
      return truth(isTrue(left) || isTrue(right))
    default:
      return truth(compares(operator, left, right))
  }
}

/** Numbers are compared as numbers, anything else as text; nothing compares with null. */
function compares(operator: '=' | '<>' | '<' | '<=' | '>' | '>=', left: Value, right: Value) {
  const leftNumber = toNumber(left)
  const rightNumber = toNumber(right)
  if (!Number.isNaN(leftNumber) && !Number.isNaN(rightNumber)) {
    return holds(operator, leftNumber - rightNumber)
  }
  const leftText = toText(left)
  const rightText = toText(right)
  if (leftText === null || rightText === null) {
    return operator === '<>' && leftText !== rightText
  }
  return holds(operator, leftText < rightText ? -1 : leftText > rightText ? 1 : 0)
}

function holds(operator: '=' | '<>' | '<' | '<=' | '>' | '>=', order: number): boolean {
  switch (operator) {
    case '=':
      return order === 0
    case '<>':
      return order !== 0
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
  }
}
