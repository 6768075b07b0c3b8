/** A row of a CSV file, and the line at which it begins. */
export interface CsvRow {
  readonly line: number
  readonly cells: string[]
  /** What is wrong with it; its cells do not count then. */
  readonly problem?: string
}

/** No user needs as much; without a bound, one quote that is never closed would fill the memory. */
export const maxRowLength = 1_048_576

export const tooLongProblem = 'is longer than 1 MiB'

const loneReturnProblem = 'has a carriage return that ends no line; lines end by LF or CRLF'

/**
 * Takes CSV apart as it comes (RFC 4180): commas, quoted cells with line breaks and doubled quotes in
 * them, LF or CRLF.
 */
export async function* parseCsv(text: AsyncIterable<string>): AsyncIterable<CsvRow> {
  let cells: string[] = []
  let cell = ''
  let state: 'plain' | 'quoted' | 'quote-in-quoted' = 'plain'
  let line = 1
  let begun = 1
  let length = 0
  let isAfterReturn = false
  let problem: string | undefined
  const endRow = (): CsvRow => {
    cells.push(cell)
    const row = { line: begun, cells, ...(problem === undefined ? {} : { problem }) }
    cells = []
    cell = ''
    length = 0
    problem = undefined
    state = 'plain'
    begun = line
    return row
  }
  for await (const part of text) {
    for (const sign of part) {
      if (sign === '\n') line += 1
      length += sign.length
      if (length > maxRowLength) {
        problem ??= tooLongProblem
        cell = ''
        cells = []
      }
      // Dropped, it would join two words, or all rows of a file from an old Mac.
      if (isAfterReturn && sign !== '\n' && sign !== '\r') problem ??= loneReturnProblem
      isAfterReturn = state !== 'quoted' && sign === '\r'
      if (state === 'quoted') {
        if (sign === '"') state = 'quote-in-quoted'
        else cell += sign
      } else if (sign === '"') {
        if (state === 'quote-in-quoted') {
          cell += '"'
          state = 'quoted'
        } else if (cell === '') state = 'quoted'
        else problem ??= 'has a quote inside a cell that does not begin with one'
      } else if (sign === ',') {
        cells.push(cell)
        cell = ''
        state = 'plain'
      } else if (sign === '\n') yield endRow()
      else if (sign !== '\r') {
        if (state === 'quote-in-quoted') {
          problem ??= 'has text behind a closing quote'
          // The next quote begins nothing, or this row would take others with it.
          state = 'plain'
        }
        cell += sign
      }
    }
  }
  if (state === 'quoted') problem = 'has a quote that is never closed'
  if (cell !== '' || cells.length > 0 || problem !== undefined) yield endRow()
}
