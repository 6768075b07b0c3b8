import { cliErrors } from '../errors.ts'
import { parseUserObject } from '../user.ts'
import { type BatchRow, csvUser } from './batch-row.ts'
import { maxRowLength, parseCsv, tooLongProblem } from './csv.ts'
import { type CsvHeader, readCsvHeader } from './csv-header.ts'

/**
 * Reads users one by one: JSON lines when the first sign is `{`, CSV with a line of names otherwise.
 * No more than one row is held, so that the file may be of any size.
 *
 * @throws ERR_CLI_INPUT when no row of it can be trusted
 */
export async function* readRows(
  source: AsyncIterable<Uint8Array | string>,
  { name }: { name: string },
): AsyncIterable<BatchRow> {
  const text = toText(source)
  const iterator = text[Symbol.asyncIterator]()
  let first = ''
  while (first.trim() === '') {
    const next = await iterator.next()
    if (next.done) return
    first += next.value
  }
  first = first.replace(/^\uFEFF/, '')
  const rest = continued(first, iterator)
  const begin = /\.csv$/i.test(name) ? '' : first.trimStart()
  const called = name === '-' ? 'The standard input' : name
  if (begin.startsWith('[')) {
    const problem =
      "is a JSON array, and a batch has one object a line: `jq -c '.[]'` makes such lines"
    throw cliErrors.ERR_CLI_INPUT({ source: called, problem })
  }
  if (begin.startsWith('{')) yield* jsonRows(rest)
  else yield* csvRows(rest, called)
}

async function* toText(source: AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  for await (const chunk of source)
    yield typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
  yield decoder.decode()
}

async function* continued(first: string, rest: AsyncIterator<string>): AsyncGenerator<string> {
  yield first
  for (;;) {
    const next = await rest.next()
    if (next.done) return
    yield next.value
  }
}

async function* jsonRows(text: AsyncIterable<string>): AsyncIterable<BatchRow> {
  let line = 0
  for await (const one of toLines(text)) {
    line += 1
    if (one === undefined) yield { line, problem: tooLongProblem }
    else if (isDamaged(one)) yield { line, problem: damagedProblem }
    else if (one.trim() !== '') yield toRow(line, one)
  }
}

/** Each line; undefined for one that is too long to be held. */
async function* toLines(text: AsyncIterable<string>): AsyncIterable<string | undefined> {
  let rest = ''
  let isLong = false
  const add = (piece: string) => {
    isLong ||= rest.length + piece.length > maxRowLength
    rest = isLong ? '' : rest + piece
  }
  for await (const part of text) {
    const [first = '', ...others] = part.split('\n')
    add(first)
    for (const piece of others) {
      yield isLong ? undefined : rest
      rest = ''
      isLong = false
      add(piece)
    }
  }
  if (isLong || rest !== '') yield isLong ? undefined : rest
}

function toRow(line: number, text: string): BatchRow {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { line, problem: 'is not JSON' }
  }
  try {
    return { line, user: parseUserObject(value, text, (problem) => new RangeError(problem)) }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { line, problem: error.message }
  }
}

async function* csvRows(text: AsyncIterable<string>, source: string): AsyncIterable<BatchRow> {
  let header: CsvHeader | undefined
  for await (const { line, cells, problem } of parseCsv(text)) {
    const fault = problem ?? (cells.some(isDamaged) ? damagedProblem : undefined)
    if (header === undefined) {
      // Blank lines may stand before it.
      if (fault === undefined && cells.length === 1 && cells[0]?.trim() === '') continue
      const read =
        fault === undefined ? readCsvHeader(cells) : { problem: `${fault} (line ${line})` }
      if ('problem' in read) throw cliErrors.ERR_CLI_INPUT({ source, problem: read.problem })
      header = read
    } else if (fault !== undefined) yield { line, problem: fault }
    else if (cells.length > 1 || cells[0] !== '') yield csvUser(line, header, cells)
  }
}

/** The decoder puts this character where the bytes are not UTF-8: a name with it would be another name. */
const isDamaged = (text: string) => text.includes('\uFFFD')
const damagedProblem = 'is not UTF-8; a spreadsheet program has "CSV UTF-8" among its file types'
