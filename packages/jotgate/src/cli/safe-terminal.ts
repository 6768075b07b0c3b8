import { escapeForTerminal } from '../values/index.ts'
import { hasColour } from './layout.ts'
import type { Terminal } from './terminal.ts'

/** The styles of `Layout.paint`, and nothing else that a terminal obeys. */
const esc = '\u001b'
const styles = new RegExp(`(${esc}\\[(?:1|2|22|3[1-6]|39)m)`)

/**
 * A terminal that shows what comes from outside and never obeys it: names in files, claims of tokens and
 * Qlik's answers may have control characters. They are escaped in all that is written as text, and in the
 * bytes of an answer where a person sees them; a pipe and a file get those as they are.
 */
export function createSafeTerminal(terminal: Terminal): Terminal {
  let decoder: InstanceType<typeof TextDecoder> | undefined
  // Whether it is a terminal is asked last, since Node makes the stream for the answer.
  const safe = (text: string, stream: 'stdout' | 'stderr') =>
    text.includes(esc) && hasColour(terminal, stream)
      ? text.split(styles).map(unlessStyle).join('')
      : escaped(text)
  // Its other members are asked for only when they are needed.
  return Object.assign(Object.create(terminal) as Terminal, {
    writeOut(text: string | Uint8Array) {
      if (typeof text === 'string') return terminal.writeOut(safe(text, 'stdout'))
      if (!terminal.stdoutIsTerminal) return terminal.writeOut(text)
      decoder ??= new TextDecoder()
      return terminal.writeOut(escaped(decoder.decode(text, { stream: true })))
    },
    writeErr(text: string) {
      terminal.writeErr(safe(text, 'stderr'))
    },
    showProgress(line: string) {
      terminal.showProgress(safe(line, 'stderr'))
    },
  })
}

/** Between the pieces that `split` leaves stand the styles. */
const unlessStyle = (piece: string, index: number) => (index % 2 === 1 ? piece : escaped(piece))

const escaped = (text: string) =>
  escapeForTerminal(text.replaceAll('\r\n', '\n'), { keepLines: true })
