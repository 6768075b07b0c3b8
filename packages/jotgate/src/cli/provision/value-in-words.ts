import { createHash, X509Certificate } from 'node:crypto'
import { escapeForTerminal } from '../../values/index.ts'

/** What a field holds, on one line: a certificate by its fingerprint, nothing by a dash. */
export function valueInWords(value: unknown): string {
  if (value === undefined || value === null) return '—'
  if (value === '') return '(empty)'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const pem = text.startsWith('-----BEGIN ') ? pemInWords(text) : text
  return escapeForTerminal(pem)
}

/** Nobody compares two certificates letter by letter. */
function pemInWords(pem: string): string {
  try {
    const { fingerprint256, validTo } = new X509Certificate(pem)
    return `certificate ${fingerprint256} until ${new Date(validTo).toISOString().slice(0, 10)}`
  } catch {
    return `PEM with SHA-256 ${createHash('sha256').update(pem).digest('hex')}`
  }
}

/** Two values within a width each, so that the first place where they differ is seen. */
export function shortenedPair(one: string, other: string, width: number): [string, string] {
  if (one.length <= width && other.length <= width) return [one, other]
  const same = commonStart(one, other)
  // Some of what is the same stays, so that the place is recognised.
  const start = Math.max(0, same - Math.floor(width / 3))
  return [shortened(one, start, width), shortened(other, start, width)]
}

function commonStart(one: string, other: string): number {
  let at = 0
  while (at < one.length && one[at] === other[at]) at += 1
  return at
}

function shortened(text: string, start: number, width: number): string {
  if (text.length <= width) return text
  const before = start === 0 ? '' : '…'
  const rest = before + text.slice(start)
  return rest.length <= width ? rest : `${rest.slice(0, width - 1)}…`
}

/** What a security rule or a header says is seen whole; a longer text is nobody’s to read here. */
const mostLines = 6

/** A value over as many lines as it needs, each within a width. */
export function inLines(value: string, width: number): string[] {
  const [whole = ''] = shortenedPair(value, '', mostLines * width)
  return whole.match(new RegExp(`.{1,${width}}`, 'gsu')) ?? ['']
}
