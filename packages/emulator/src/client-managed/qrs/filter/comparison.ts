import type { Field } from '../fields.ts'

/** The relational operators of filters. */
export const operators = ['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'sw', 'ew', 'so'] as const
export type Operator = (typeof operators)[number]

/** A value of a filter as it was written. */
export interface FilterValue {
  readonly text: string
  readonly isQuoted: boolean
}

type Test = (value: unknown) => boolean

const lower = (value: unknown) => String(value).toLowerCase()

function compareNumbers(operator: Operator, wanted: number, toNumber: (value: unknown) => number) {
  const tests: Partial<Record<Operator, (value: number) => boolean>> = {
    eq: (value) => value === wanted,
    ne: (value) => value !== wanted,
    gt: (value) => value > wanted,
    ge: (value) => value >= wanted,
    lt: (value) => value < wanted,
    le: (value) => value <= wanted,
  }
  const test = tests[operator]
  return test === undefined ? undefined : (value: unknown) => test(toNumber(value))
}

function compareText(operator: Operator, text: string): Test | undefined {
  const wanted = text.toLowerCase()
  switch (operator) {
    case 'eq':
      return (value) => lower(value) === wanted
    case 'ne':
      return (value) => lower(value) !== wanted
    case 'sw':
      return (value) => lower(value).startsWith(wanted)
    case 'ew':
      return (value) => lower(value).endsWith(wanted)
    case 'so':
      return (value) => lower(value).includes(wanted)
    default:
      return undefined
  }
}

const isEquality = (operator: Operator) => operator === 'eq' || operator === 'ne'

/**
 * Makes the test of one comparison, by the table of help.qlik.com, “Filtering”: which operator goes with which type.
 * Texts are compared in any case.
 *
 * @returns undefined where operator or value do not go with the type of the field
 */
export function makeTest(
  field: Field,
  operator: Operator,
  { text, isQuoted }: FilterValue,
): Test | undefined {
  switch (field.kind) {
    case 'string':
    case 'strings':
      return isQuoted ? compareText(operator, text) : undefined
    case 'guid':
      return isEquality(operator) ? compareText(operator, text) : undefined
    case 'boolean': {
      const isKnown = /^(?:true|false)$/i.test(text)
      return isKnown && isEquality(operator) ? compareText(operator, text) : undefined
    }
    case 'enum': {
      const named = field.values.findIndex((name) => name.toLowerCase() === text.toLowerCase())
      const wanted = /^\d+$/.test(text) ? Number(text) : named
      return wanted >= 0 && isEquality(operator)
        ? compareNumbers(operator, wanted, Number)
        : undefined
    }
    case 'integer':
      return /^-?\d{1,15}$/.test(text) ? compareNumbers(operator, Number(text), Number) : undefined
    case 'date': {
      // Without a zone it is UTC, as QRS writes its own dates.
      const isZoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(text)
      const wanted = Date.parse(isZoned ? text : `${text.replace(' ', 'T')}Z`)
      const asTime = (value: unknown) => Date.parse(String(value))
      return Number.isNaN(wanted) ? undefined : compareNumbers(operator, wanted, asTime)
    }
    default:
      return undefined
  }
}
