import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTableBuilder } from '../data/table.ts'
import { evaluateByGroup } from './evaluate.ts'
import { isExpressionError } from './expression-error.ts'
import { parseExpression } from './parse.ts'
import { toText, type Value } from './value.ts'

const builder = createTableBuilder('t', ['Amount', 'Unit Price', 'Name', 'x]y', 'total'])
builder.addRow([10, 2, 'tea', 1, 5])
builder.addRow([20, null, 'tea', 1, 5])
builder.addRow([null, 3, null, 1, 5])
builder.addRow([20, 4, '7', 1, 5])
const table = builder.finish()

/** Over all rows, as a KPI. */
function value(text: string): Value {
  const rows = Int32Array.from({ length: table.rowCount }, (_, row) => row)
  const groups = new Int32Array(rows.length)
  const [result] = evaluateByGroup(parseExpression(text), { table, rows, groups, groupCount: 1 })
  return result ?? null
}

describe('an expression', () => {
  it.each<[string, Value]>([
    ['=Sum(Amount)', 50],
    ['sum( [Amount] )', 50],
    ['Sum(distinct Amount)', 30],
    ['Count(Amount)', 3],
    ['Count(distinct Amount)', 2],
    ['Count(Name)', 3],
    ['Count(distinct Name)', 2],
    ['Avg(Amount)', 50 / 3],
    ['Avg(distinct Amount)', 15],
    ['Min(Amount)', 10],
    ['Max("Unit Price")', 4],
    ['Sum(Amount * [Unit Price])', 100],
    ['Sum(Name)', 0],
    ['Min(Name)', null],
    ['Sum([x]]y])', 4],
    ['Sum(total)', 20],
    ['Only([x]]y]) + 1', 2],
    ['[x]]y] & 1', '11'],
    ['Amount', null],
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 4 - 3', 3],
    ['-2 * -3', 6],
    ['2 & 3 + 1', '24'],
    ["'it''s ' & Count(Name)", "it's 3"],
    ["'2' * 3", 6],
    ["'a' * 3", null],
    ['1 / 0', null],
    ['0 / 0', null],
    ['2 > 1', -1],
    ["'a' = 'b'", 0],
    ['10 > 9', -1],
    ["'10' > '9'", -1],
    ["'b' > 'a' and not 0", -1],
    ['1 <> 1 or 0', 0],
    ["If(Sum(Amount) > 40, 'much', 'little')", 'much'],
    ['If(0, 1)', null],
    ["Sum(If(Name = 'tea', Amount))", 30],
    ["Count(If(Name = 'tea', Name))", 2],
    ["Count(distinct If(Name = 'tea', Name))", 1],
    ['IsNull(Null())', -1],
    ['IsNull(Amount)', -1],
    ['1.5e2', 150],
    ['.5', 0.5],
  ])('%s is %j', (text, expected) => {
    expect(value(text)).toEqual(expected)
  })

  it('shows sums of decimals without binary dust', () => {
    expect(toText(value('0.1 + 0.2'))).toBe('0.3')
    expect(toText(value('1 / 3'))).toBe('0.33333333333333')
  })

  it.each([
    ['Sum({<Name={"tea"}>} Amount)', 'set analysis is not supported by the jotgate emulator'],
    ['Sum(distinct {1} Amount)', 'set analysis is not supported'],
    ['Sum(TOTAL Amount)', 'TOTAL is not supported'],
    ['Aggr(Sum(Amount), Name)', 'the function Aggr is not supported'],
    ['RangeSum(1, 2)', 'the function RangeSum is not supported'],
    ['Sum(Sum(Amount))', 'an aggregation inside an aggregation needs Aggr'],
    ['Sum(Nothing)', 'there is no field "Nothing"'],
    ['Sum(amount)', 'there is no field "amount"'],
    ['Sum(Amount', '")" expected at 11, found the end'],
    ['Sum()', '")" at 5 is not expected'],
    ['1 +', 'the expression ends too early'],
    ['1 2', '"2" at 3 is not expected'],
    ["'open", "' at 1 is never closed"],
    ['a ~ b', '"~" at 3 is not understood'],
    ['If(1)', 'If does not take 1 arguments'],
    ['=', 'the expression is empty'],
    [`${'('.repeat(500)}1${')'.repeat(500)}`, 'nested too deeply'],
    [`1${'+1'.repeat(5000)}`, 'the expression is too long'],
  ])('refuses %.40s with the reason', (text, message) => {
    expect(() => value(text)).toThrow(message)
  })

  it('never fails in another way, whatever is written', () => {
    const piece = fc.constantFrom(
      ...['Sum(', 'If(', ')', '(', '[', ']', '"', "'", '{<', '>}', '$', '+', '*', '&', ',', '='],
      ...['Amount', '[Unit Price]', 'distinct', 'total', 'not', 'and', '1', '.5', ' ', '\u00e4'],
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        try {
          value(pieces.join(''))
        } catch (error) {
          expect(isExpressionError(error), String(error)).toBe(true)
        }
      }),
    )
  })
})
