import { stripVTControlCharacters, styleText } from 'node:util'
import { escapeForTerminal } from '../values/index.ts'
import type { Terminal } from './terminal.ts'

/** How text for people is laid out on one stream: with colours and to its width on a terminal, plain elsewhere. */
export interface Layout {
  paint(style: Style, text: string): string
  /** Breaks lines between words, and what is `between backticks` nowhere; lines after the first are indented. */
  wrap(text: string, indent?: string): string
}

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'magenta' | 'cyan'

/** Longer lines are hard to read, however wide the window is. */
const widest = 100

/** The layout of one of the process's streams; colours as https://no-color.org says. */
export function layoutFor(terminal: Terminal, stream: 'stdout' | 'stderr'): Layout {
  return createLayout({
    colour: hasColour(terminal, stream),
    columns: terminal.columns[stream],
  })
}

/** Whether text for a stream is painted. */
export function hasColour(terminal: Terminal, stream: 'stdout' | 'stderr'): boolean {
  const isTerminal = stream === 'stdout' ? terminal.stdoutIsTerminal : terminal.stderrIsTerminal
  const { NO_COLOR: none = '', TERM: term } = terminal.environment
  return isTerminal && none === '' && term !== 'dumb'
}

export function createLayout(stream: { colour: boolean; columns: number | undefined }): Layout {
  const { colour } = stream
  // A terminal that was not told its size, as in some containers and CI jobs, says 0.
  const columns = stream.columns === 0 ? undefined : stream.columns
  return {
    paint: (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text),
    wrap: (text, indent = '') =>
      columns === undefined ? text : wrapped(text, Math.min(columns, widest), indent),
  }
}

/** Rows of the same number of cells, each column as wide as its widest cell; what a terminal would obey is escaped. */
export function inColumns(cells: readonly (readonly string[])[]): string {
  const rows = cells.map((row) => row.map((cell) => escapeForTerminal(cell)))
  const widthOf = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0))
  const line = (row: readonly string[]) =>
    row.map((cell, column) => cell.padEnd(widthOf(column))).join('  ')
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('')
}

function wrapped(text: string, columns: number, indent: string): string {
  return text
    .split('\n')
    .map((line) => wrappedLine(line, columns, indent))
    .join('\n')
}

function wrappedLine(line: string, columns: number, indent: string): string {
  const own = /^ */.exec(line)?.[0] ?? ''
  const lines: string[] = []
  let current = ''
  for (const word of wordsOf(line.slice(own.length))) {
    const longer = current === '' ? own + word : `${current} ${word}`
    if (current !== '' && visibleLength(longer) > columns) {
      lines.push(current)
      current = indent + word
    } else current = longer
  }
  return [...lines, current].join('\n')
}

/** What stands between backticks is one word: a command that is broken cannot be copied. */
function wordsOf(line: string): string[] {
  const words: string[] = []
  for (const part of line.split(' ')) {
    const last = words.at(-1)
    if (last !== undefined && last.split('`').length % 2 === 0)
      words[words.length - 1] = `${last} ${part}`
    else words.push(part)
  }
  return words
}

const visibleLength = (text: string) => stripVTControlCharacters(text).length
