import { dataError } from './data-error.ts'

/** One record of a CSV text and the line that it begins on, counted from 1. */
export interface CsvRecord {
  readonly line: number
  readonly cells: readonly string[]
}

/**
 * Reads CSV as RFC 4180 has it: commas, LF or CRLF, quotes doubled inside quotes, as many cells in
 * each record as in the first. Whatever else stands there is refused with its line. Our own, since
 * no CSV library is a dependency and the lenient ones accept broken quotes in silence, which would
 * put wrong figures on a chart; the whole grammar is the one function below.
 *
 * @param text the file's text without byte order mark
 * @param file the name to tell in errors
 */
export function parseCsv(text: string, file: string): CsvRecord[] {
  const records: CsvRecord[] = []
  let position = 0
  let line = 1
  const refuse = (problem: string, hint: string, at = line): never => {
    throw dataError({ file, line: at, problem, hint })
  }

  const readQuoted = (): string => {
    const opened = line
    let cell = ''
    position += 1
    for (;;) {
      const close = text.indexOf('"', position)
      if (close < 0) refuse('a quote is never closed', 'Close it, or double it: ""', opened)
      const part = text.slice(position, close)
      line += part.split('\n').length - 1
      cell += part
      position = close + 1
      if (text[position] !== '"') break
      cell += '"'
      position += 1
    }
    const next = text[position]
    if (next !== undefined && next !== ',' && next !== '\n' && next !== '\r') {
      refuse('text follows a closing quote', 'Double a quote that belongs to the value: ""')
    }
    return cell
  }

  const readPlain = (): string => {
    const start = position
    while (position < text.length && !',\n\r'.includes(text.charAt(position))) position += 1
    const cell = text.slice(start, position)
    if (cell.includes('"')) {
      refuse('a quote stands inside an unquoted value', 'Quote the whole value: "a ""b"" c"')
    }
    return cell
  }

  while (position < text.length) {
    const started = line
    const cells: string[] = []
    for (;;) {
      cells.push(text[position] === '"' ? readQuoted() : readPlain())
      if (text[position] !== ',') break
      position += 1
    }
    if (text[position] === '\r') {
      if (text[position + 1] !== '\n') {
        refuse('a carriage return stands without a line feed', 'Save the file with LF or CRLF.')
      }
      position += 1
    }
    position += 1
    line += 1
    const isBlank = cells.length === 1 && cells[0] === ''
    const expected = records[0]?.cells.length ?? cells.length
    if (isBlank && expected > 1) {
      if (text.slice(position).trim() === '') break
      refuse('an empty line stands between records', 'Take it out.', started)
    }
    if (cells.length !== expected) {
      refuse(
        `${cells.length} values, where the first line has ${expected}`,
        'Give each record as many values as there are fields.',
        started,
      )
    }
    records.push({ line: started, cells })
  }
  return records
}
