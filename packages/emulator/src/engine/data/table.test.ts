import { describe, expect, it } from 'vitest'
import { createTableBuilder, reduceTable } from './table.ts'

function sample() {
  const builder = createTableBuilder('sample', ['key', 'amount'])
  builder.addRow(['b', 3])
  builder.addRow(['a', 1])
  builder.addRow([null, 3])
  builder.addRow(['b', null])
  return builder.finish()
}

describe('a table', () => {
  it('numbers values in load order and gives null no number', () => {
    const key = sample().field('key')
    expect([...(key?.elements ?? [])]).toEqual([0, 1, -1, 0])
    expect(key?.values.map((value) => value.text)).toEqual(['b', 'a'])
    expect([...(key?.frequencies ?? [])]).toEqual([2, 1])
  })

  it('takes equal numbers for one value and shows the text that came first', () => {
    const builder = createTableBuilder('t', ['n'])
    builder.addRow([{ text: '1.0', number: 1 }])
    builder.addRow([1])
    builder.addRow(['1'])
    const field = builder.finish().field('n')
    expect([...(field?.elements ?? [])]).toEqual([0, 0, 1])
    expect(field?.values[0]).toEqual({ text: '1.0', number: 1 })
  })

  it('tags a field by its values', () => {
    const builder = createTableBuilder('t', ['i', 'f', 'mixed', 'text', 'none'])
    builder.addRow([1, 1.5, 1, 'ö', null])
    builder.addRow([2, 2, 'x', 'o', null])
    expect(builder.finish().fields.map((field) => field.tags)).toEqual([
      ['$numeric', '$integer'],
      ['$numeric'],
      ['$ascii', '$text'],
      ['$text'],
      [],
    ])
  })

  it('knows after a reduction nothing of the rows that were taken away', () => {
    const reduced = reduceTable(sample(), (row) => row === 1 || row === 2)
    const key = reduced.field('key')
    expect(reduced.rowCount).toBe(2)
    expect(key?.values).toEqual([{ text: 'a', number: Number.NaN }])
    expect([...(key?.elements ?? [])]).toEqual([0, -1])
    expect([...(reduced.field('amount')?.numbers ?? [])]).toEqual([1, 3])
    expect([...(reduced.field('amount')?.frequencies ?? [])]).toEqual([1, 1])
  })
})
