import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCsv } from './csv.ts'

const cells = (text: string): (readonly string[])[] =>
  parseCsv(text, 'a.csv').map((record) => record.cells)

describe('reading CSV', () => {
  it('takes quotes, commas and line breaks inside quotes, and both line ends', () => {
    const text = 'a,b\r\n"x, ""y""","two\nlines"\n,"",\n'.replace(',"",', ',""')
    expect(cells(text)).toEqual([
      ['a', 'b'],
      ['x, "y"', 'two\nlines'],
      ['', ''],
    ])
  })

  it('tells the line that each record begins on, counting line breaks inside quotes', () => {
    const lines = parseCsv('a,b\n"1\n2",x\n3,y\n', 'a.csv').map((record) => record.line)
    expect(lines).toEqual([1, 2, 4])
  })

  it('reads back whatever a writer that quotes each value wrote', () => {
    const value = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\r', ''))
    const row = fc.array(value, { minLength: 2, maxLength: 2 })
    fc.assert(
      fc.property(fc.array(row, { minLength: 1 }), (rows) => {
        const text = rows
          .map((each) => each.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','))
          .join('\r\n')
        expect(cells(text)).toEqual(rows)
      }),
    )
  })

  it.each([
    ['a,b\n1,2\n3\n', 'a.csv:3: 1 values, where the first line has 2'],
    ['a,b\n1,2,3\n', 'a.csv:2: 3 values, where the first line has 2'],
    ['a,b\n"x,2\n', 'a.csv:2: a quote is never closed'],
    ['a,b\n"x"y,2\n', 'a.csv:2: text follows a closing quote'],
    ['a,b\nx"y",2\n', 'a.csv:2: a quote stands inside an unquoted value'],
    ['a,b\n1,2\n\n3,4\n', 'a.csv:3: an empty line stands between records'],
    ['a,b\r1,2', 'a.csv:1: a carriage return stands without a line feed'],
  ])('refuses %j and says where', (text, message) => {
    expect(() => cells(text)).toThrow(message)
  })

  it('ignores empty lines at the end', () => {
    expect(cells('a,b\n1,2\n\n\n')).toHaveLength(2)
  })
})
