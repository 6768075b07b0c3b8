import { parseUserObject } from '../user.ts'
import type { BatchRow } from './batch-row.ts'
import { parseCsv } from './csv.ts'
import { csvUser } from './csv-user.ts'

/**
 * Reads users one by one: JSON lines when the first sign is `{`, CSV with a line of names otherwise.
 * No more than one row is held, so that the file may be of any size.
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
  const rest = continued(first.replace(/^\uFEFF/, ''), iterator)
  if (
    /\.csv$/i.test(name) ||
    !first
      .replace(/^\uFEFF/, '')
      .trimStart()
      .startsWith('{')
  )
    yield* csvRows(rest)
  else yield* jsonRows(rest)
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
    if (one.trim() !== '') yield toRow(line, () => JSON.parse(one))
  }
}

async function* toLines(text: AsyncIterable<string>): AsyncIterable<string> {
  let rest = ''
  for await (const part of text) {
    const lines = (rest + part).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}

function toRow(line: number, read: () => unknown): BatchRow {
  let value: unknown
  try {
    value = read()
  } catch {
    return { line, problem: 'is not JSON' }
  }
  try {
    return { line, user: parseUserObject(value, (problem) => new RangeError(problem)) }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { line, problem: error.message }
  }
}

async function* csvRows(text: AsyncIterable<string>): AsyncIterable<BatchRow> {
  let names: string[] | undefined
  for await (const { line, cells, problem } of parseCsv(text)) {
    if (problem !== undefined) yield { line, problem }
    else if (names === undefined) names = cells.map((cell) => cell.trim())
    else if (cells.length > 1 || cells[0] !== '') yield csvUser(line, names, cells)
  }
}
