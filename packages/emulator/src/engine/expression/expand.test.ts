import { describe, expect, it } from 'vitest'
import { expandDollars } from './expand.ts'

const variables: Readonly<Record<string, string>> = {
  vField: '[Unit Price]',
  vSum: 'Sum($(vField))',
  vFormula: '=Max(Year)',
  'v name': 'x',
  vSelf: '$(vSelf)',
}
const source = {
  variable: (name: string) => variables[name],
  evaluate: (expression: string) => `<${expression}>`,
}

describe('dollar-sign expansion', () => {
  it.each([
    ['Sum(Amount)', 'Sum(Amount)'],
    ['Sum($(vField))', 'Sum([Unit Price])'],
    ['$(vSum) + $(vSum)', 'Sum([Unit Price]) + Sum([Unit Price])'],
    ['$(=Max(Year))', '<=Max(Year)>'],
    ['$(vFormula)', '<=Max(Year)>'],
    ['$(=Sum($(vField)))', '<=Sum([Unit Price])>'],
    ['$( v name )', 'x'],
    ['costs 5$ (net)', 'costs 5$ (net)'],
  ])('makes %s into %s', (text, expanded) => {
    expect(expandDollars(text, source)).toBe(expanded)
  })

  it.each([
    ['$(vNothing)', 'there is no variable "vNothing"'],
    ['$(vSelf)', 'use each other without end'],
    ['$(vSum', 'is never closed'],
    ['$(vSum(1))', 'variables with parameters are not supported'],
  ])('refuses %s', (text, message) => {
    expect(() => expandDollars(text, source)).toThrow(message)
  })
})
