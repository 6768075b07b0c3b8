import { describe, expect, it } from 'vitest'
import { createLayout, inColumns, layoutFor } from './layout.ts'
import { memoryTerminal } from './memory-terminal.fixture.ts'

const terminal = createLayout({ colour: true, columns: 20 })
const pipe = createLayout({ colour: false, columns: undefined })

describe('text for people', () => {
  it('is broken between words on a terminal, and each further line is indented', () => {
    expect(terminal.wrap('hint: make a pair of keys or give yours', '  ')).toBe(
      'hint: make a pair of\n  keys or give yours',
    )
  })

  it('keeps its own line breaks, and the indentation of a line', () => {
    expect(terminal.wrap('one\n  two three four five six', '    ')).toBe(
      'one\n  two three four\n    five six',
    )
  })

  it('leaves a command whole, so that it can be copied', () => {
    expect(terminal.wrap('Run `jotgate keys create --kid acme-1` now')).toBe(
      'Run\n`jotgate keys create --kid acme-1`\nnow',
    )
  })

  it('does not count colours as width', () => {
    const line = `${terminal.paint('red', 'refused')}: a b c d e`
    expect(terminal.wrap(line)).toBe(line)
  })

  it('loses no word and breaks no line needlessly, whatever the width', () => {
    const text = 'The quick brown fox jumps over the lazy dog, again and again.'
    for (let columns = 1; columns < 80; columns += 1) {
      const lines = createLayout({ colour: false, columns }).wrap(text).split('\n')
      expect(lines.join(' ')).toBe(text)
      for (const line of lines) expect(line.length <= columns || !line.includes(' ')).toBe(true)
    }
  })

  it('is unbroken on a terminal that does not know its size', () => {
    const text = 'The quick brown fox jumps over the lazy dog'
    expect(createLayout({ colour: true, columns: 0 }).wrap(text)).toBe(text)
  })

  it('is plain and unbroken where nobody looks at it', () => {
    const line = 'a line that is longer than twenty characters'
    expect(pipe.wrap(pipe.paint('red', line))).toBe(line)
  })

  it.each([
    [{}, true],
    [{ NO_COLOR: '' }, true],
    [{ NO_COLOR: '1' }, false],
    [{ TERM: 'dumb' }, false],
    [{ TERM: 'xterm-256color' }, true],
  ])('is coloured on a terminal unless the environment says no: %j', (environment, coloured) => {
    const inMemory = memoryTerminal({ folder: '.', environment })
    const seen = { ...inMemory, stderrIsTerminal: true, columns: { stdout: undefined, stderr: 80 } }
    expect(layoutFor(seen, 'stderr').paint('red', 'error') !== 'error').toBe(coloured)
    expect(layoutFor(seen, 'stdout').paint('red', 'error')).toBe('error')
  })

  it('stands in columns', () => {
    expect(
      inColumns([
        ['kid', 'acme-1'],
        ['days left', '7'],
      ]),
    ).toBe('kid        acme-1\ndays left  7\n')
  })
})
